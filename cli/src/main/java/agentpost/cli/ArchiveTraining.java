package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The training run of the archive (JEP 310) that commands take their classes from: the launcher has
 * it recorded which classes these commands load. They talk to a stand-in on this machine that
 * answers what an empty stack would.
 */
final class ArchiveTraining {
  private static final String SECRET = "whsec_dHJhaW5pbmctb25seS1ub3QtYS1zZWNyZXQtMDA=";

  private ArchiveTraining() {}

  public static void main(String[] args) throws IOException {
    run(Path.of(args[0]));
  }

  /**
   * What each command printed that failed; the archive does without what it would have loaded.
   *
   * @param event an envelope's file
   */
  static Map<String, String> run(Path event) throws IOException {
    HttpServer stack =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stack.createContext("/", ArchiveTraining::answer);
    stack.start();
    try {
      String endpoint = "http://localhost:" + stack.getAddress().getPort();
      Map<String, String> failures = new LinkedHashMap<>();
      for (List<String> words :
          List.of(
              List.of("--help"),
              List.of("--version"),
              List.of("sign", "--scheme", "standard", "--secret", SECRET, "--id", "trained"),
              List.of("dlq", "list", "--endpoint-url", endpoint),
              List.of("dlq", "show", "trained", "--endpoint-url", endpoint),
              List.of("agents", "list", "--endpoint-url", endpoint),
              List.of("operations", "list", "--endpoint-url", endpoint),
              List.of("put", event.toString(), "--endpoint-url", endpoint))) {
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        int code =
            Agentpost.commandLine(new ByteArrayInputStream("{}".getBytes(UTF_8)))
                .setOut(out)
                .setErr(out)
                .execute(words.toArray(String[]::new));
        if (code != 0) {
          failures.put(String.join(" ", words), printed.toString());
        }
      }
      return failures;
    } finally {
      stack.stop(0);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
    String answer =
        switch (target.substring(target.lastIndexOf('.') + 1)) {
          case "ListEventBuses" -> "{\"EventBuses\":[{\"Name\":\"agentpost\"}]}";
          case "ListQueues" ->
              "{\"QueueUrls\":[\"http://localhost/000000000000/agentpost-trained-dlq\"]}";
          case "GetQueueUrl" ->
              "{\"QueueUrl\":\"http://localhost/000000000000/agentpost-trained-dlq\"}";
          case "GetQueueAttributes" ->
              "{\"Attributes\":{\"ApproximateNumberOfMessages\":\"1\","
                  + "\"ApproximateNumberOfMessagesNotVisible\":\"0\"}}";
          case "GetSecretValue" -> "{\"SecretString\":\"{\\\"entries\\\":{}}\"}";
          case "PutEvents" -> "{\"FailedEntryCount\":0,\"Entries\":[{\"EventId\":\"trained\"}]}";
          default -> "{}";
        };
    byte[] bytes = answer.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }
}

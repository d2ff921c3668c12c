package agentpost.cli.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * AWS where it does what the local cloud cannot be made to: it is slow, it is full, it fails.
 * Answers by operation, as many at a time as ask.
 */
public final class FakeEvents implements AutoCloseable {
  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final Map<String, List<String>> answers = new ConcurrentHashMap<>();
  private final Map<String, UnaryOperator<String>> functions = new ConcurrentHashMap<>();
  private final List<String> called = new CopyOnWriteArrayList<>();

  public FakeEvents() throws IOException {
    answers.put(
        "DescribeArchive",
        List.of(
            "{'ArchiveArn':'arn:aws:events:us-east-1:000000000000:archive/agentpost','EventSourceArn':'arn:aws:events:us-east-1:000000000000:event-bus/agentpost','State':'ENABLED','RetentionDays':30}"));
    answers.put(
        "DescribeRule",
        List.of(
            "{'Name':'agentpost-crm-sync','Arn':'arn:aws:events:us-east-1:000000000000:rule/agentpost/agentpost-crm-sync','State':'ENABLED','EventPattern':'{\\'detail-type\\':[\\'user.signed_up\\']}'}"
                .replace("\\'", "\\\"")));
    answers.put(
        "ListTargetsByRule",
        List.of(
            "{'Targets':[{'Id':'webhook','Arn':'arn:aws:events:us-east-1:000000000000:api-destination/agentpost-crm-sync/1'}]}"));
    answers.put("ListRules", List.of("{'Rules':[]}"));
    answers.put(
        "PutRule",
        List.of(
            "{'RuleArn':'arn:aws:events:us-east-1:000000000000:rule/agentpost/agentpost-replay-1'}"));
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** In turn; the last one goes on. An answer with a {@code __type} is an error. */
  public FakeEvents answers(String operation, String... inTurn) {
    answers.put(operation, List.of(inTurn));
    return this;
  }

  /** By what it is asked. */
  public FakeEvents answersBy(String operation, UnaryOperator<String> answer) {
    functions.put(operation, answer);
    return this;
  }

  /** Operations with their inputs. */
  public List<String> called() {
    return List.copyOf(called);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
      String operation = target.substring(target.indexOf('.') + 1);
      long before = called.stream().filter(call -> call.startsWith(operation + " ")).count();
      String input = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      called.add(operation + " " + input);
      List<String> inTurn = answers.getOrDefault(operation, List.of("{}"));
      String given =
          functions.containsKey(operation)
              ? functions.get(operation).apply(input)
              : inTurn.get((int) Math.min(before, inTurn.size() - 1L));
      String answer = given.replace('\'', '"');
      byte[] body = answer.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
      exchange.sendResponseHeaders(
          exchange.getRequestMethod().equals("GET") ? 404 : answer.contains("__type") ? 400 : 200,
          body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

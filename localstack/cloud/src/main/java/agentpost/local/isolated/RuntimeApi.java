package agentpost.local.isolated;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lambda's Runtime API for one process, per "Using the Lambda runtime API for custom runtimes" in
 * Lambda's developer guide, and SnapStart's part of it, as AWS's Java client asks for it.
 */
final class RuntimeApi implements AutoCloseable {
  static {
    // Its answers are two writes each; without this the second waits for the first one's
    // acknowledgement, 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final String ROOT = "/2018-06-01/runtime/";
  private static final String CREDENTIALS = "/2021-04-23/credentials";
  private static final Pattern ENDED =
      Pattern.compile(ROOT + "invocation/([0-9a-f-]{36})/(response|error)");
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * @param deadline when the host ends it
   */
  record Invocation(String requestId, String functionArn, String event, Instant deadline) {}

  private record PendingInvocation(Invocation invocation, CompletableFuture<Outcome> outcome) {}

  private final HttpServer server;
  private final String accessKeyId;
  private final String token;
  private final Runnable asked;
  private final BlockingQueue<Optional<Invocation>> next = new LinkedBlockingQueue<>();
  private volatile Optional<PendingInvocation> underWay = Optional.empty();
  private volatile Optional<Outcome.Failed> initError = Optional.empty();

  /**
   * @param accessKeyId of the credentials that it gives out, which names the function to the local
   *     cloud
   * @param token what the process shows for them
   * @param asked called whenever the process asks for its next invocation, the first time at the
   *     end of its init
   */
  RuntimeApi(String accessKeyId, String token, Runnable asked) throws IOException {
    this.accessKeyId = accessKeyId;
    this.token = token;
    this.asked = asked;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String credentials() {
    return "http://" + address() + CREDENTIALS;
  }

  /** What the process said of its init before it ended. */
  Optional<Outcome.Failed> initError() {
    return initError;
  }

  CompletableFuture<Outcome> invoke(Invocation invocation) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    underWay = Optional.of(new PendingInvocation(invocation, outcome));
    next.add(Optional.of(invocation));
    return outcome;
  }

  /** The process has ended; an invocation that it has not answered never will be. */
  void onExit(int code) {
    underWay.ifPresent(
        one -> one.outcome().complete(new Outcome.Exited(one.invocation().requestId(), code)));
    close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      Matcher ended = ENDED.matcher(path);
      if (ended.matches()) {
        end(
            exchange,
            ended.group(1),
            ended.group(2).equals("error")
                ? parseFailure(body)
                : new Outcome.Answered(new String(body, UTF_8)));
        return;
      }
      switch (path) {
        case ROOT + "invocation/next" -> serveNext(exchange);
        // A snapshot would be taken here, and time would pass; the process goes on as one that was
        // restored.
        case ROOT + "restore/next" -> send(exchange, 200, "{}");
        case ROOT + "init/error", ROOT + "restore/error" -> {
          initError = Optional.of(parseFailure(body));
          send(exchange, 202, "{\"status\":\"OK\"}");
        }
        case CREDENTIALS -> credentials(exchange);
        default ->
            send(
                exchange,
                404,
                "{\"errorMessage\":\"no such resource\",\"errorType\":\"NotFound\"}");
      }
    } catch (InterruptedException e) {
      // The environment is closing.
      Thread.currentThread().interrupt();
    }
  }

  private void serveNext(HttpExchange exchange) throws IOException, InterruptedException {
    asked.run();
    Optional<Invocation> taken = next.take();
    if (taken.isEmpty()) {
      return;
    }
    Invocation invocation = taken.get();
    Map.of(
            "Content-Type", "application/json",
            "Lambda-Runtime-Aws-Request-Id", invocation.requestId(),
            "Lambda-Runtime-Deadline-Ms", Long.toString(invocation.deadline().toEpochMilli()),
            "Lambda-Runtime-Invoked-Function-Arn", invocation.functionArn(),
            "Lambda-Runtime-Trace-Id",
                "Root=1-"
                    + Long.toHexString(invocation.deadline().getEpochSecond())
                    + "-"
                    + invocation.requestId().replace("-", "").substring(0, 24)
                    + ";Sampled=0")
        .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    send(exchange, 200, invocation.event());
  }

  private void end(HttpExchange exchange, String requestId, Outcome outcome) throws IOException {
    Optional<PendingInvocation> one =
        underWay.filter(current -> current.invocation().requestId().equals(requestId));
    if (one.isEmpty()) {
      send(
          exchange,
          400,
          "{\"errorMessage\":\"State transition from Ready to InvocationResponse"
              + " failed\",\"errorType\":\"InvalidStateTransition\"}");
      return;
    }
    send(exchange, 202, "{\"status\":\"OK\"}");
    one.get().outcome().complete(outcome);
  }

  private static Outcome.Failed parseFailure(byte[] body) {
    try {
      JsonNode error = JSON.readTree(new String(body, UTF_8));
      return new Outcome.Failed(
          error.path("errorType").asText("Unknown"), error.path("errorMessage").asText(""));
    } catch (JsonProcessingException e) {
      return new Outcome.Failed("Unknown", new String(body, UTF_8));
    }
  }

  /** SnapStart's way to a role's keys. */
  private void credentials(HttpExchange exchange) throws IOException {
    if (!token.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      send(exchange, 403, "{}");
      return;
    }
    send(
        exchange,
        200,
        JSON.createObjectNode()
            .put("AccessKeyId", accessKeyId)
            .put("SecretAccessKey", "local")
            .put("Token", "local")
            .put("Expiration", Instant.now().plus(6, ChronoUnit.HOURS).toString())
            .toString());
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    next.add(Optional.empty());
    server.stop(0);
  }
}

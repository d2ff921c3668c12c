package agentpost.local.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Answers for hosts that are not on this machine and may not be called: a challenge
 * (docs/external-agents.md) with what it asks for, everything else with 204. It keeps what it got,
 * to be looked at. On a port of loopback of its own; a web page's requests, which say where they
 * come from, are refused.
 */
public final class ExternalStandIns implements AutoCloseable {
  /** As of the API, which agents of one's own are behind. */
  private static final int MAX_BODY = 1024 * 1024;

  private static final int MAX_RECORDED = 1_000;
  private static final int MAX_SHOWN = 4_096;

  /**
   * Headers whose values are no keys of anybody's: those of HTTP's own workings, and ours. Any
   * other may be one, since EventBridge's connections have headers of any name.
   */
  private static final Set<String> SHOWN =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "date",
          "expect",
          "http2-settings",
          "te",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "webhook-id",
          "webhook-timestamp",
          "webhook-signature",
          "x-webhook-signature",
          "retry-after");

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * A request that was answered for somebody else.
   *
   * @param host as the request named it
   * @param what of an event its type and id, of a challenge that it is one; otherwise the method
   *     and the path
   */
  public record Received(
      long number,
      String at,
      String host,
      String method,
      String path,
      Map<String, String> headers,
      String body,
      int bodyLength,
      int status,
      String what) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Clock clock;
  private final ArrayDeque<Received> kept = new ArrayDeque<>();
  private final List<Consumer<Received>> listeners = new CopyOnWriteArrayList<>();
  private long number;

  /**
   * @param clock of the times that are shown
   */
  public ExternalStandIns(Clock clock) throws IOException {
    this.clock = clock;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** On loopback. */
  public int port() {
    return server.getAddress().getPort();
  }

  public void listen(Consumer<Received> listener) {
    listeners.add(listener);
  }

  /** What it got, oldest first, and how much of it is forgotten. */
  public synchronized ObjectNode toJson() {
    ObjectNode shown = JsonNodeFactory.instance.objectNode().put("forgotten", number - kept.size());
    shown.set("requests", JSON.valueToTree(kept));
    return shown;
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) ->
                  headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
      if (headers.containsKey("origin") || headers.containsKey("sec-fetch-site")) {
        answer(exchange, 403, Optional.empty());
        return;
      }
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        answer(exchange, 413, Optional.empty());
        return;
      }
      JsonNode json = read(body);
      Optional<ObjectNode> proof =
          json.path("type").asText().equals("verification")
                  && json.path("challenge").isTextual()
                  && !json.has("event_id")
              ? Optional.of(
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("challenge", json.path("challenge").asText()))
              : Optional.empty();
      int status = proof.isPresent() ? 200 : 204;
      // Kept before it is answered: who has the answer finds it.
      Received received = keep(exchange, headers, body, status, json);
      listeners.forEach(listener -> listener.accept(received));
      answer(exchange, status, proof);
    }
  }

  private synchronized Received keep(
      HttpExchange exchange, Map<String, String> headers, byte[] body, int status, JsonNode json) {
    String host = headers.getOrDefault("host", "").replaceFirst(":443$", "");
    String path = exchange.getRequestURI().getRawPath();
    headers.remove("host");
    headers.replaceAll((name, value) -> SHOWN.contains(name) ? value : "***");
    String text = new String(body, UTF_8);
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text;
    String what =
        status == 200
            ? "the challenge"
            : json.path("event_type").isTextual()
                ? json.path("event_type").asText() + " " + json.path("event_id").asText()
                : exchange.getRequestMethod() + " " + path;
    Received received =
        new Received(
            ++number,
            clock.instant().toString(),
            host,
            exchange.getRequestMethod(),
            path,
            Map.copyOf(headers),
            shown,
            body.length,
            status,
            what);
    if (kept.size() == MAX_RECORDED) {
      kept.removeFirst();
    }
    kept.addLast(received);
    return received;
  }

  private static JsonNode read(byte[] body) {
    try {
      return JSON.readTree(new String(body, UTF_8));
    } catch (JsonProcessingException e) {
      // Not every receiver is sent JSON.
      return MissingNode.getInstance();
    }
  }

  private static void answer(HttpExchange exchange, int status, Optional<ObjectNode> body)
      throws IOException {
    byte[] bytes = body.map(node -> node.toString().getBytes(UTF_8)).orElse(new byte[0]);
    if (bytes.length > 0) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
    }
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

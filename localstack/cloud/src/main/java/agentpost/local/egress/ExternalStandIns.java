package agentpost.local.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.StubResponder;
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
import java.net.URI;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  private final Map<String, StubResponder> others = new ConcurrentHashMap<>();
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

  /** Has another answer at a URL, before this does. */
  public void standIn(URI url, StubResponder other) {
    String port = url.getPort() == -1 || url.getPort() == 443 ? "" : ":" + url.getPort();
    others.put(key(url.getHost() + port, url.getRawPath(), url.getRawQuery()), other);
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
        answer(exchange, new AwsResponse(403, Map.of(), new byte[0]));
        return;
      }
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        answer(exchange, new AwsResponse(413, Map.of(), new byte[0]));
        return;
      }
      AwsResponse response = respond(exchange, headers, body);
      // Kept before it is answered: who has the answer finds it.
      Received received = keep(exchange, headers, body, response.status());
      listeners.forEach(listener -> listener.accept(received));
      answer(exchange, response);
    } catch (InterruptedException e) {
      // This closes, and nobody waits for the answer.
      Thread.currentThread().interrupt();
    }
  }

  private AwsResponse respond(HttpExchange exchange, Map<String, String> headers, byte[] body)
      throws InterruptedException {
    URI url = exchange.getRequestURI();
    StubResponder other = others.get(key(host(headers), url.getRawPath(), url.getRawQuery()));
    Optional<AwsResponse> answer =
        other == null
            ? Optional.empty()
            : other.answer(
                new AwsRequest(
                    exchange.getRequestMethod(),
                    url.getRawPath(),
                    Map.of(),
                    Map.copyOf(headers),
                    body));
    return answer.orElseGet(
        () ->
            challengeIn(body)
                .map(
                    challenge ->
                        new AwsResponse(
                            200,
                            Map.of("Content-Type", "application/json"),
                            JsonNodeFactory.instance
                                .objectNode()
                                .put("challenge", challenge)
                                .toString()
                                .getBytes(UTF_8)))
                .orElse(new AwsResponse(204, Map.of(), new byte[0])));
  }

  /** What a body asks to be answered with, if it is a challenge. */
  public static Optional<String> challengeIn(byte[] body) {
    JsonNode json = read(body);
    return json.path("type").asText().equals("verification")
            && json.path("challenge").isTextual()
            && !json.has("event_id")
        ? Optional.of(json.path("challenge").asText())
        : Optional.empty();
  }

  private static String host(Map<String, String> headers) {
    return headers.getOrDefault("host", "").replaceFirst(":443$", "");
  }

  private static String key(String host, String path, @Nullable String query) {
    return host.toLowerCase(Locale.ROOT)
        + (path.isEmpty() ? "/" : path)
        + (query == null ? "" : "?" + query);
  }

  private synchronized Received keep(
      HttpExchange exchange, Map<String, String> headers, byte[] body, int status) {
    String host = host(headers);
    String path = exchange.getRequestURI().getRawPath();
    JsonNode json = read(body);
    headers.remove("host");
    headers.replaceAll((name, value) -> SHOWN.contains(name) ? value : "***");
    String text = new String(body, UTF_8);
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text;
    String what =
        challengeIn(body).isPresent()
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

  private static void answer(HttpExchange exchange, AwsResponse response) throws IOException {
    response.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = response.body();
    exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

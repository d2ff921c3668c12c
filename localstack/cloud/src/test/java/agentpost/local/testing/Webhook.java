package agentpost.local.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * Someone's webhook on this machine, whose owner answers challenges or not, and events as it is
 * told.
 */
public final class Webhook implements AutoCloseable {
  private final HttpServer server;
  private final List<String> challenges = new CopyOnWriteArrayList<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private volatile boolean agrees = true;
  private volatile int status = 200;

  public Webhook() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public Webhook agrees(boolean now) {
    agrees = now;
    return this;
  }

  /** To events. */
  public Webhook answers(int now) {
    status = now;
    return this;
  }

  public List<String> challenges() {
    return List.copyOf(challenges);
  }

  /** Ids of the events that came, taken or not. */
  public List<String> events() {
    return List.copyOf(events);
  }

  /** All that came, as JSON. */
  public List<String> messages() {
    return List.copyOf(messages);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode message = new JsonMapper().readTree(exchange.getRequestBody());
      messages.add(message.toString());
      boolean asked = message.path("type").asText().equals("verification");
      (asked ? challenges : events).add(message.path(asked ? "challenge" : "event_id").asText());
      byte[] body =
          JsonNodeFactory.instance
              .objectNode()
              .set("challenge", message.path("challenge"))
              .toString()
              .getBytes(UTF_8);
      exchange.sendResponseHeaders(asked ? agrees ? 200 : 404 : status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

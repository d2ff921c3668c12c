package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.AgentName;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookSecrets;
import agentpost.signing.Secrets;
import agentpost.signing.Signer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Signs one attempt and passes it to the agent, and the agent's answer back. API destinations can send static keys only; a signature made
 * when the event is published would be stale long before the last retry.
 *
 * <p>EventBridge hangs up after 5 s, so the relay ends within {@value #TOTAL_MILLIS} ms, whatever the agent does.
 */
final class Relay {
  static final String KEY_HEADER = "X-Agentpost-Relay-Key";
  private static final long TOTAL_MILLIS = 4_500;
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * @param keySecret id of the secret whose JSON has the connection's key under {@code api_key}
   * @param secretPrefix what an agent's secret id begins with, before its name
   */
  record Parts(
      SecretStore store, String keySecret, String secretPrefix, AgentDirectory agents, Outbound outbound, Clock clock, Consumer<String> log) {
    static Parts on(Platform platform, RelaySettings settings) {
      return new Parts(
          SecretStore.on(platform),
          settings.keySecret(),
          settings.agentSecretPrefix(),
          AgentDirectory.on(platform, settings.agentParameterPrefix()),
          new Outbound(platform.http()),
          platform.clock(),
          platform.log());
    }
  }

  private final Parts parts;
  private final WebhookSecrets secrets;
  private final EventCodec codec = new EventCodec();

  Relay(Parts parts) {
    this.parts = parts;
    this.secrets = new WebhookSecrets(parts.store());
    if (!(key() instanceof Key.Usable)) {
      throw new IllegalStateException(
          "secret " + parts.keySecret() + " has no connection key; it must be JSON with a text under \"api_key\"");
    }
  }

  Response deliver(Request request) {
    Instant start = parts.clock().instant();
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("message", "delivery").put("bytes", request.body().length);
    Response response = keyed(request, start, line);
    line.put("status", response.status()).put("duration_ms", Duration.between(start, parts.clock().instant()).toMillis());
    parts.log().accept(line.toString());
    return response;
  }

  private Response keyed(Request request, Instant start, ObjectNode line) {
    String given = request.header(KEY_HEADER).orElse("");
    switch (key()) {
      case Key.Usable(var expected) when MessageDigest.isEqual(expected, given.getBytes(UTF_8)) -> {}
      case Key.Usable _ -> {
        line.put("outcome", "forbidden");
        return Problem.FORBIDDEN.because(KEY_HEADER + " must be the connection's key");
      }
      case Key.Unusable _ -> {
        return tryAgain("the connection's key cannot be read now", line);
      }
    }
    String name = request.pathParameters().getOrDefault("agent", "");
    if (!AgentName.isValid(name)) {
      line.put("outcome", "unknown-agent");
      return Problem.NOT_FOUND.because("no agent can have this name");
    }
    AgentName agent = new AgentName(name);
    line.put("agent", name);
    return switch (parts.agents().find(agent)) {
      case AgentDirectory.Entry.Known(var endpoint) -> known(agent, endpoint, request, start, line);
      case AgentDirectory.Entry.Unknown _ -> {
        line.put("outcome", "unknown-agent");
        yield Problem.NOT_FOUND.because("there is no agent " + agent + " in the directory");
      }
      case AgentDirectory.Entry.Unusable(var why) -> tryAgain(why, line);
      case AgentDirectory.Entry.Unavailable(var why) -> tryAgain(why, line);
    };
  }

  private Response known(AgentName agent, URI endpoint, Request request, Instant start, ObjectNode line) {
    Optional<EventId> id = codec.idOf(request.body());
    if (id.isEmpty()) {
      line.put("outcome", "malformed");
      return Problem.MALFORMED.because("the body must be a JSON object with an event_id of 1 to 128 of A-Z a-z 0-9 . _ : -");
    }
    line.put("event_id", id.get().value());
    return switch (secrets.of(parts.secretPrefix() + agent)) {
      case WebhookSecrets.Lookup.Found(var live) -> signed(endpoint, id.get(), live, request.body(), start, line);
      case WebhookSecrets.Lookup.Unusable(var why) -> tryAgain(why, line);
      case WebhookSecrets.Lookup.Unavailable(var why) -> tryAgain(why, line);
    };
  }

  private Response signed(URI endpoint, EventId id, Secrets live, byte[] body, Instant start, ObjectNode line) {
    Instant now = parts.clock().instant();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json; charset=utf-8");
    headers.put("User-Agent", "agentpost-relay");
    headers.putAll(new Signer(live).sign(id.value(), now, body));
    Duration left = Duration.ofMillis(TOTAL_MILLIS).minus(Duration.between(start, now));
    return switch (parts.outbound().post(endpoint, headers, body, left)) {
      case Outbound.Answer.Answered answered -> passedOn(answered, line);
      case Outbound.Answer.TimedOut _ -> {
        line.put("outcome", "timed-out");
        yield Problem.GATEWAY_TIMEOUT.because("the agent did not answer within " + TOTAL_MILLIS + " ms");
      }
      case Outbound.Answer.Unreachable(var why) -> {
        line.put("outcome", "unreachable").put("reason", why);
        yield Problem.BAD_GATEWAY.because("the agent could not be reached: " + why);
      }
    };
  }

  /**
   * The agent's own status, except a redirect, for where it leads was never agreed upon and EventBridge would not retry a 3xx; and what
   * is no final status of HTTP, which API Gateway would refuse.
   */
  private static Response passedOn(Outbound.Answer.Answered answered, ObjectNode line) {
    line.put("outcome", "answered").put("agent_status", answered.status());
    if (answered.status() < 200 || answered.status() / 100 == 3 || answered.status() > 599) {
      return Problem.BAD_GATEWAY.because("the agent answered " + answered.status() + "; it must be 2xx, 4xx or 5xx, redirects are not followed");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", answered.contentType().orElse("application/octet-stream"));
    answered.retryAfter().ifPresent(wait -> headers.put("Retry-After", wait));
    return new Response(answered.status(), headers, answered.body());
  }

  private static Response tryAgain(String why, ObjectNode line) {
    line.put("outcome", "try-again").put("reason", why);
    return Problem.TRY_AGAIN.because("the relay cannot deliver now; its log says why").retryAfter(SOON);
  }

  private sealed interface Key {
    record Usable(byte[] bytes) implements Key {}

    record Unusable() implements Key {}
  }

  private Key key() {
    if (!(parts.store().text(parts.keySecret()) instanceof SecretStore.Lookup.Found(var text))) {
      return new Key.Unusable();
    }
    try {
      String key = JSON.readTree(text).path("api_key").asText("");
      return key.isBlank() ? new Key.Unusable() : new Key.Usable(key.getBytes(UTF_8));
    } catch (JsonProcessingException e) {
      return new Key.Unusable();
    }
  }
}

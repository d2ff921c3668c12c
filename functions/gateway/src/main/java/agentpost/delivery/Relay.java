package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.http.RetryAfter;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.signing.SecretText;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Signs one attempt and passes it to the agent, and the agent's answer back. API destinations can
 * send static keys only; a signature made when the event is published would be stale long before
 * the last retry.
 *
 * <p>EventBridge hangs up after 5 s, so the relay ends before, whatever the agent does.
 */
final class Relay {
  static final String KEY_HEADER = "X-Agentpost-Relay-Key";
  private static final int UNAUTHORIZED = 401;
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * @param keySecret id of the secret whose JSON has the connection's key under {@code api_key}
   * @param clock the wall's
   * @param deadlines by which events age
   */
  record Parts(
      SecretStore store,
      String keySecret,
      CircuitBreaker breaker,
      Clock clock,
      Clock deadlines,
      Consumer<String> log) {
    static Parts from(Platform platform, RelaySettings settings) {
      SecretStore store = SecretStore.from(platform);
      SignedDelivery delivery =
          SignedDelivery.from(
              platform,
              settings.agentSecretPrefix(),
              AgentDirectory.from(platform, settings.agentParameterPrefix()),
              store);
      return new Parts(
          store,
          settings.keySecret(),
          CircuitBreaker.from(platform, delivery),
          platform.clock(),
          platform.deadlines(),
          platform.log());
    }
  }

  private static final RetryWindow UNKNOWN_AGENTS = new RetryWindow(RetryAfter.MAX_WAIT);

  private final EventCodec codec = new EventCodec();
  private final Parts parts;

  Relay(Parts parts) {
    this.parts = parts;
    if (!(key(parts.store().text(parts.keySecret())) instanceof Key.Usable)) {
      throw new IllegalStateException(
          "secret "
              + parts.keySecret()
              + " has no connection key; it must be JSON with a text under \"api_key\"");
    }
  }

  Response deliver(Request request) {
    Instant start = parts.clock().instant();
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "delivery")
            .put("bytes", request.body().length);
    Response response = handleWithKey(request, start, line);
    line.put("status", response.status())
        .put("duration_ms", Duration.between(start, parts.clock().instant()).toMillis());
    parts.log().accept(line.toString());
    return response;
  }

  private Response handleWithKey(Request request, Instant start, ObjectNode line) {
    String given = request.header(KEY_HEADER).orElse("");
    switch (key(given.getBytes(UTF_8))) {
      case Key.Usable(var expected)
          when MessageDigest.isEqual(expected, given.getBytes(UTF_8)) -> {}
      case Key.Usable _ -> {
        line.put("outcome", "forbidden");
        return Problem.FORBIDDEN.because(KEY_HEADER + " must be the connection's key");
      }
      case Key.Unusable _ -> {
        line.put("outcome", SignedDelivery.Outcome.TRY_AGAIN.label())
            .put("reason", "the connection's key cannot be read now");
        return Problem.TRY_AGAIN
            .because("the relay cannot deliver now; its log says why")
            .retryAfter(RETRY_AFTER);
      }
    }
    String name = request.pathParameters().getOrDefault("agent", "");
    if (!AgentName.isValid(name)) {
      line.put("outcome", "unknown-agent");
      return Problem.NOT_FOUND.because("no agent can have this name");
    }
    AgentName agent = new AgentName(name);
    AgentDirectory.Entry entry = parts.breaker().find(agent);
    Response response =
        parts.breaker().deliver(agent, entry, request.body(), start, line).toRetriable();
    return withinAge(entry, request.body(), forEventBridge(response), line);
  }

  /**
   * No wait is passed on that would be the end of the event: it is cut to the longest that leaves
   * one more attempt.
   */
  private Response withinAge(
      AgentDirectory.Entry entry, byte[] body, Response response, ObjectNode line) {
    Optional<Duration> asked =
        Optional.ofNullable(response.headers().get("Retry-After"))
            .map(Long::parseLong)
            .map(Duration::ofSeconds);
    if (asked.isEmpty()) {
      return response;
    }
    RetryWindow window =
        entry.usable().map(AgentSettings::maxAge).map(RetryWindow::new).orElse(UNKNOWN_AGENTS);
    Duration longest = window.maxWait(timeOfEvent(body), parts.deadlines().instant());
    if (asked.get().compareTo(longest) <= 0) {
      return response;
    }
    line.put("retry_after_asked", asked.get().toSeconds()).put("retry_after", longest.toSeconds());
    return response.retryAfter(longest.truncatedTo(ChronoUnit.SECONDS));
  }

  private Optional<Instant> timeOfEvent(byte[] body) {
    return codec.parse(body) instanceof EventCodec.Parsed.Json(_, var event)
        ? event.map(Event::timestamp)
        : Optional.empty();
  }

  /**
   * EventBridge takes a 401 or 407 for the connection's key refused and de-authorizes the
   * connection, which is every agent's ("De-authorizing connections", EventBridge user guide). It
   * would try either again, as it does a 502.
   */
  private static Response forEventBridge(Response response) {
    if (response.status() != UNAUTHORIZED && response.status() != PROXY_AUTHENTICATION_REQUIRED) {
      return response;
    }
    Response said =
        Problem.BAD_GATEWAY.because(
            "the agent answered "
                + response.status()
                + "; EventBridge would take that for its own key refused");
    return Optional.ofNullable(response.headers().get("Retry-After"))
        .map(wait -> said.header("Retry-After", wait))
        .orElse(said);
  }

  private sealed interface Key {
    record Usable(byte[] bytes) implements Key {}

    record Unusable() implements Key {}
  }

  /**
   * A key that does not fit is held against the secret as it is now: a deployment may have changed
   * both. Strangers make no more calls by it (SecretStore).
   */
  private Key key(byte[] given) {
    Key known = key(parts.store().text(parts.keySecret()));
    boolean fits =
        known instanceof Key.Usable(var expected) && MessageDigest.isEqual(expected, given);
    return fits ? known : key(parts.store().fetchLatest(parts.keySecret()));
  }

  private static Key key(SecretStore.Lookup secret) {
    if (!(secret instanceof SecretStore.Lookup.Found(var text))) {
      return new Key.Unusable();
    }
    try {
      String key = SecretText.strip(JSON.readTree(text).path("api_key").asText(""));
      return key.isEmpty() ? new Key.Unusable() : new Key.Usable(key.getBytes(UTF_8));
    } catch (JsonProcessingException e) {
      return new Key.Unusable();
    }
  }
}

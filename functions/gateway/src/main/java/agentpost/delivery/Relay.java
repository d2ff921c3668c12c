package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.http.Endpoint;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.http.RetryAfter;
import agentpost.http.SourceIpFilter;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.signing.SecretText;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
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

  /** Any size: an event that is on the bus is delivered. */
  private static final Endpoint.Rules RULES =
      new Endpoint.Rules(LogFields.NONE, SourceIpFilter.EVERYONE, OptionalInt.empty());

  private final EventCodec codec = new EventCodec();
  private final Parts parts;
  private final Endpoint endpoint;

  Relay(Parts parts) {
    this.parts = parts;
    this.endpoint = new Endpoint("delivery", parts.clock(), parts.log());
    if (!(key(parts.store().text(parts.keySecret())) instanceof Key.Usable)) {
      throw new IllegalStateException(
          "secret "
              + parts.keySecret()
              + " has no connection key; it must be JSON with a text under \"api_key\"");
    }
  }

  /** What API Gateway's requests come through on their way to {@link #deliver}. */
  Endpoint endpoint() {
    return endpoint;
  }

  Response deliver(Request request) {
    Instant start = parts.clock().instant();
    return endpoint.receive(request, RULES, () -> checkKey(request, start));
  }

  private Reply checkKey(Request request, Instant start) {
    byte[] given = request.header(KEY_HEADER).orElse("").getBytes(UTF_8);
    return switch (key(given)) {
      case Key.Usable(var expected) ->
          MessageDigest.isEqual(expected, given)
              ? deliver(request, start)
              : Reply.refuse(Problem.FORBIDDEN, KEY_HEADER + " must be the connection's key");
      case Key.Unusable _ ->
          Reply.tryAgain(
              RETRY_AFTER,
              "the relay cannot deliver now; its log says why",
              "the connection's key cannot be read now");
    };
  }

  private Reply deliver(Request request, Instant start) {
    String name = request.pathParameters().getOrDefault("agent", "");
    if (!AgentName.isValid(name)) {
      return Reply.answer(
          SignedDelivery.Outcome.UNKNOWN_AGENT.label(),
          Problem.NOT_FOUND.because("no agent can have this name"));
    }
    AgentName agent = new AgentName(name);
    return Endpoint.guard(
            () -> {
              AgentDirectory.Entry entry = parts.breaker().find(agent);
              SignedDelivery.Attempt attempt =
                  parts.breaker().deliver(agent, entry, request.body(), start);
              return withinAge(
                  entry,
                  request.body(),
                  new Reply.Answered(
                      attempt.label(), forEventBridge(attempt.toRetriable()), attempt.fields()));
            })
        .with("agent", name);
  }

  /**
   * No wait is passed on that would be the end of the event: it is cut to the longest that leaves
   * one more attempt.
   */
  private Reply withinAge(AgentDirectory.Entry entry, byte[] body, Reply.Answered reply) {
    Optional<Duration> asked =
        Optional.ofNullable(reply.response().headers().get("Retry-After"))
            .map(Long::parseLong)
            .map(Duration::ofSeconds);
    if (asked.isEmpty()) {
      return reply;
    }
    RetryWindow window =
        entry.usable().map(AgentSettings::maxAge).map(RetryWindow::new).orElse(UNKNOWN_AGENTS);
    Duration longest = window.maxWait(timeOfEvent(body), parts.deadlines().instant());
    if (asked.get().compareTo(longest) <= 0) {
      return reply;
    }
    return new Reply.Answered(
        reply.outcome(),
        reply.response().retryAfter(longest.truncatedTo(ChronoUnit.SECONDS)),
        reply
            .fields()
            .with("retry_after_asked", asked.get().toSeconds())
            .with("retry_after", longest.toSeconds()));
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

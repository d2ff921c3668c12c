package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.catalog.RelayKeyHeader;
import agentpost.catalog.RelayTimeout;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.http.ApiGateway;
import agentpost.http.Endpoint;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.http.RetryAfter;
import agentpost.http.SourceIpFilter;
import agentpost.metrics.MetricLine;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Signs one attempt and passes it to the agent, and the agent's answer back. API destinations can
 * send static keys only; a signature made when the event is published would be stale long before
 * the last retry.
 *
 * <p>EventBridge hangs up after 5 s, so the relay ends before, whatever the agent does.
 */
final class Relay {
  private static final int UNAUTHORIZED = 401;
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  /**
   * @param bus whose relay it is
   * @param clock the wall's
   * @param deadlines by which events age
   */
  record Parts(
      RelayKey key,
      CircuitBreaker breaker,
      String bus,
      Clock clock,
      Clock deadlines,
      Consumer<String> log) {
    static Parts from(Platform platform, RelaySettings settings) {
      SecretStore store = SecretStore.from(platform);
      SignedDelivery delivery =
          SignedDelivery.from(
              platform,
              settings.agentSecretPrefix(),
              AgentDirectory.from(platform, settings.agentDirectory()),
              store);
      return new Parts(
          new RelayKey(store, settings.keySecret()),
          CircuitBreaker.from(platform, delivery),
          settings.bus(),
          platform.clock(),
          platform.deadlines(),
          platform.log());
    }
  }

  private static final String DELIVERIES = "/deliveries/";

  private static final RetryWindow UNKNOWN_AGENTS = new RetryWindow(RetryAfter.MAX_WAIT);

  /** Any size: an event that is on the bus is delivered. */
  private static final Endpoint.Rules RULES =
      new Endpoint.Rules(LogFields.NONE, SourceIpFilter.EVERYONE, OptionalInt.empty());

  /** An event that no subscriber can read. */
  private static final String REHEARSAL =
      "{\"event_id\":\"rehearsal\",\"event_type\":\"rehearsal\",\"timestamp\":\"2026-03-31T10:30:00Z\","
          + "\"data\":{},\"metadata\":{\"source_service\":\"agentpost\",\"correlation_id\":\"rehearsal\"}}";

  private final EventCodec codec = new EventCodec();
  private final Parts parts;
  private final Endpoint endpoint;

  Relay(Parts parts) {
    this.parts = parts;
    this.endpoint = new Endpoint("delivery", parts.clock(), parts.log());
  }

  /** What requests come through on their way to {@link #deliver}. */
  Endpoint endpoint() {
    return endpoint;
  }

  /** As one that has just begun. */
  Response deliver(Request request) {
    return deliver(request, RelayTimeout.FUNCTION);
  }

  /**
   * @param remaining until Lambda stops the function: what is gone of its time-out is gone of an
   *     attempt's, too, for EventBridge has been waiting since
   */
  Response deliver(Request request, Duration remaining) {
    Duration spent = RelayTimeout.FUNCTION.minus(remaining);
    Instant now = parts.clock().instant();
    Instant start = spent.isPositive() ? now.minus(spent) : now;
    return endpoint.receive(request, RULES, () -> checkKey(request, start));
  }

  /**
   * What a delivery does, as far as it leaves nothing behind: a key that does not fit, an event
   * that is read, signed and sent to nobody, a slot given back that nobody has.
   *
   * @param http whose connections do not outlive it: in a snapshot they would be dead
   */
  void rehearse(Supplier<HttpClient> http) {
    byte[] body = REHEARSAL.getBytes(UTF_8);
    Map<String, Object> event =
        Map.of(
            "version",
            "2.0",
            "rawPath",
            "/deliveries/rehearsal",
            "headers",
            Map.of(RelayKeyHeader.NAME, "rehearsal"),
            "body",
            Base64.getEncoder().encodeToString(body),
            "isBase64Encoded",
            true);
    ApiGateway.request(ApiGateway.read(event))
        .ifPresent(request -> parts.key().check(request.header(RelayKeyHeader.NAME)));
    ApiGateway.response(
        Problem.TRY_AGAIN
            .withDetail("a rehearsal")
            .retryAfter(UNKNOWN_AGENTS.maxWait(timeOfEvent(body), parts.deadlines().instant())));
    try (HttpClient client = http.get()) {
      parts.breaker().rehearse(body, client);
    }
  }

  private Reply checkKey(Request request, Instant start) {
    return switch (parts.key().check(request.header(RelayKeyHeader.NAME))) {
      case RelayKey.Check.Opens _ -> deliver(request, start);
      case RelayKey.Check.Absent _ ->
          Reply.refuse(Problem.FORBIDDEN, RelayKeyHeader.NAME + " must be the connection's key");
      case RelayKey.Check.NotNow(var why) -> refuseKey(request, why);
    };
  }

  /**
   * EventBridge gives an event up for a 403 and comes again for a 503 (ADR 28). A stranger who made
   * a key up gets the same answer, which says nothing of why.
   */
  private Reply refuseKey(Request request, String why) {
    parts
        .log()
        .accept(
            new MetricLine(parts.clock().instant(), new TreeMap<>(Map.of("Bus", parts.bus())))
                .metric("RelayKeyRefused", 1, "Count")
                .property("reason", why)
                .text());
    return Reply.tryAgain(
            SecretStore.MIN_REFRESH_INTERVAL, "the relay cannot deliver now; its log says why", why)
        .with("source_ip", request.sourceIp());
  }

  private Reply deliver(Request request, Instant start) {
    // A function URL has no route that would have it as a parameter.
    String name =
        request.path().startsWith(DELIVERIES) ? request.path().substring(DELIVERIES.length()) : "";
    if (!AgentName.isValid(name)) {
      return Reply.answer(
          DeliveryAttempt.Outcome.UNKNOWN_AGENT.label(),
          Problem.NOT_FOUND.withDetail("no agent can have this name"));
    }
    AgentName agent = new AgentName(name);
    return Endpoint.guard(
            () -> {
              AgentDirectory.Entry entry = parts.breaker().find(agent);
              DeliveryAttempt attempt =
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
        Problem.BAD_GATEWAY.withDetail(
            "the agent answered "
                + response.status()
                + "; EventBridge would take that for its own key refused");
    return Optional.ofNullable(response.headers().get("Retry-After"))
        .map(wait -> said.header("Retry-After", wait))
        .orElse(said);
  }
}

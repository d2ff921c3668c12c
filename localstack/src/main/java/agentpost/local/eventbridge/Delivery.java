package agentpost.local.eventbridge;

import agentpost.local.eventbridge.DeliveryListener.Happening;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One event to one target, until it is delivered, dead-lettered or dropped. */
final class Delivery implements Runnable {
  private static final int DEFAULT_ATTEMPTS = 185;
  private static final int DEFAULT_AGE_SECONDS = 86_400;

  private final Engine engine;
  private final Registry.Rule rule;
  private final ObjectNode target;
  private final ObjectNode event;
  private final String eventId;
  private final Instant accepted;
  private final AtomicInteger attempts = new AtomicInteger();

  Delivery(Engine engine, Registry.Rule rule, ObjectNode target, ObjectNode event, String eventId, Instant accepted) {
    this.engine = engine;
    this.rule = rule;
    this.target = target;
    this.event = event;
    this.eventId = eventId;
    this.accepted = accepted;
  }

  InFlight inFlight() {
    return new InFlight(eventId, rule.name(), attempts.get());
  }

  /** What came of one attempt. */
  private record Tried(boolean delivered, boolean again, Optional<Integer> status, String code, String message, Optional<String> retryAfter) {
    static Tried of(Optional<Reach.Failure> failure) {
      return failure
          .map(f -> new Tried(false, f.retryable(), Optional.empty(), f.code(), f.message(), Optional.empty()))
          .orElseGet(() -> new Tried(true, false, Optional.empty(), "", "delivered", Optional.empty()));
    }
  }

  @Override
  public void run() {
    try {
      Optional<String> input = Input.of(target, event, rule.arn());
      if (input.isEmpty()) {
        giveUp("INVALID_JSON", "The input transformer makes no valid JSON of this event", Optional.empty());
        return;
      }
      long start = System.nanoTime();
      Tried tried = attempt(input.get());
      attempts.incrementAndGet();
      settle(tried, Duration.ofNanos(System.nanoTime() - start));
    } catch (RuntimeException e) {
      // A mistake of ours must not leave an event in flight for ever without a word.
      giveUp("INTERNAL_ERROR", e.toString(), Optional.empty());
    } catch (InterruptedException e) {
      // The engine is closing; the delivery stays in flight and is reported so.
      Thread.currentThread().interrupt();
    }
  }

  private Tried attempt(String input) throws InterruptedException {
    String arn = target.path("Arn").asText();
    if (arn.contains(":api-destination/")) {
      return apiDestination(arn, input);
    }
    if (arn.startsWith("arn:aws:sqs:")) {
      return Tried.of(engine.reach().sendToQueue(arn, input, Map.of()));
    }
    if (arn.startsWith("arn:aws:logs:")) {
      return Tried.of(engine.reach().putLogEvent(arn, engine.timeline().now(), input));
    }
    return Tried.of(engine.reach().invokeFunction(arn, input));
  }

  private Tried apiDestination(String arn, String input) throws InterruptedException {
    Optional<Registry.Destination> destination = engine.registry().destination(arn);
    if (destination.isEmpty()) {
      return Tried.of(Optional.of(new Reach.Failure("NO_RESOURCE", "The API destination does not exist: " + arn, false)));
    }
    Optional<Registry.Connection> connection = engine.registry().connection(destination.get().connectionArn());
    return switch (engine.http().call(destination.get(), connection, target, event, input)) {
      case ApiCall.Answer.TimedOut _ ->
          new Tried(false, true, Optional.empty(), "TIMEOUT", "The endpoint did not answer within 5 seconds", Optional.empty());
      case ApiCall.Answer.NotConnected(var why) ->
          new Tried(false, true, Optional.empty(), "CONNECTION_FAILURE", "The connection to the endpoint failed: " + why, Optional.empty());
      case ApiCall.Answer.Answered(var status, var retryAfter, var body) -> {
        boolean again = status == 401 || status == 407 || status == 409 || status == 429 || status >= 500;
        yield status / 100 == 2
            ? new Tried(true, false, Optional.of(status), "", "delivered", Optional.empty())
            : new Tried(false, again, Optional.of(status), "ERROR_FROM_TARGET", "The endpoint answered " + status + ": " + body, retryAfter);
      }
    };
  }

  private void settle(Tried tried, Duration took) {
    Optional<Duration> asked = tried.retryAfter().flatMap(this::retryAfter);
    boolean again = tried.again() && !asked.map(Duration::isNegative).orElse(false);
    if (tried.delivered() || !again) {
      happened(tried, took, Optional.empty());
      if (tried.delivered()) {
        engine.finished(this);
      } else {
        giveUp(tried.code(), tried.message(), Optional.empty());
      }
      return;
    }
    Duration own = engine.backoff().after(attempts.get());
    Duration wait = asked.filter(longer -> longer.compareTo(own) > 0).orElse(own);
    Optional<String> exhausted = exhausted(wait);
    happened(tried, took, exhausted.isPresent() ? Optional.empty() : Optional.of(wait));
    if (exhausted.isPresent()) {
      giveUp(tried.code(), tried.message(), exhausted);
    } else {
      engine.start(this, wait);
    }
  }

  private Optional<String> exhausted(Duration wait) {
    int most = target.path("RetryPolicy").path("MaximumRetryAttempts").asInt(DEFAULT_ATTEMPTS);
    Duration oldest = Duration.ofSeconds(target.path("RetryPolicy").path("MaximumEventAgeInSeconds").asInt(DEFAULT_AGE_SECONDS));
    if (attempts.get() > most) {
      return Optional.of("MaximumRetryAttempts");
    }
    return Duration.between(accepted, engine.timeline().now().plus(wait)).compareTo(oldest) > 0
        ? Optional.of("MaximumEventAgeInSeconds")
        : Optional.empty();
  }

  /** Seconds or an HTTP date (RFC 9110, 10.2.3); what is neither is as if it were not there. */
  private Optional<Duration> retryAfter(String value) {
    try {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value.strip())));
    } catch (NumberFormatException e) {
      try {
        ZonedDateTime at = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
        Duration wait = Duration.between(engine.timeline().now(), at);
        return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
      } catch (DateTimeParseException notADate) {
        return Optional.empty();
      }
    }
  }

  private void happened(Tried tried, Duration took, Optional<Duration> nextWait) {
    engine.tell(new Happening.AttemptMade(eventId, rule.name(), attempts.get(), tried.status(), tried.message(), took, nextWait));
  }

  private void giveUp(String code, String message, Optional<String> exhausted) {
    String queue = target.path("DeadLetterConfig").path("Arn").asText("");
    Optional<Reach.Failure> failure = Optional.of(new Reach.Failure("NO_RESOURCE", "the target has no dead-letter queue", false));
    if (!queue.isEmpty()) {
      Map<String, String> attributes = new LinkedHashMap<>();
      attributes.put("RULE_ARN", rule.arn());
      attributes.put("TARGET_ARN", target.path("Arn").asText());
      attributes.put("ERROR_CODE", code);
      attributes.put("ERROR_MESSAGE", message);
      attributes.put("RETRY_ATTEMPTS", Integer.toString(Math.max(0, attempts.get() - 1)));
      exhausted.ifPresent(condition -> attributes.put("EXHAUSTED_RETRY_CONDITION", condition));
      failure = engine.reach().sendToQueue(queue, event.toString(), attributes);
    }
    engine.finished(this);
    engine.tell(
        failure
            .<Happening>map(why -> new Happening.Dropped(eventId, rule.name(), code, message + "; " + why.message()))
            .orElseGet(() -> new Happening.DeadLettered(eventId, rule.name(), queue, code, message, attempts.get())));
  }

  /** The API destination this goes to, for its rate limit. */
  Optional<Registry.Destination> destination() {
    return engine.registry().destination(target.path("Arn").asText());
  }
}

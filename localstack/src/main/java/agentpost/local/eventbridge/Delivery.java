package agentpost.local.eventbridge;

import agentpost.local.eventbridge.DeliveryListener.Happening;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
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
  private volatile Tried last = new Tried(false, true, Optional.empty(), "THROTTLING", "The destination's rate left no room for it", Optional.empty());

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

  /** What tells this delivery from others, in every run with the same events. */
  String key() {
    return eventId + " " + rule.name() + " " + target.path("Id").asText();
  }

  /** What came of one attempt. */
  private record Tried(boolean delivered, boolean again, Optional<Integer> status, String code, String message, Optional<Duration> retryAfter) {
    static Tried of(Optional<Reach.Failure> failure) {
      return failure
          .map(f -> new Tried(false, f.retryable(), Optional.empty(), f.code(), f.message(), Optional.empty()))
          .orElseGet(() -> new Tried(true, false, Optional.empty(), "", "delivered", Optional.empty()));
    }

    static Tried noResource(String message) {
      return of(Optional.of(new Reach.Failure("NO_RESOURCE", message, false)));
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
      last = attempt(input.get());
      attempts.incrementAndGet();
      settle(Duration.ofNanos(System.nanoTime() - start));
    } catch (RuntimeException | Error e) {
      // A mistake of ours must not leave an event in flight for ever without a word.
      giveUp("INTERNAL_ERROR", e.toString(), Optional.empty());
    } catch (InterruptedException e) {
      // The engine is closing; the delivery stays in flight and is reported so.
      Thread.currentThread().interrupt();
    }
  }

  private Tried attempt(String input) throws InterruptedException {
    String arn = target.path("Arn").asText();
    Optional<Reach.Failure> refused = engine.reach().refused(rule.arn(), arn, target.path("RoleArn").asText());
    if (refused.isPresent()) {
      return Tried.of(refused);
    }
    if (arn.contains(":api-destination/")) {
      return apiDestination(arn, input);
    }
    if (arn.startsWith("arn:aws:sqs:")) {
      return Tried.of(engine.reach().sendToQueue(arn, input, Map.of()));
    }
    if (arn.startsWith("arn:aws:lambda:")) {
      return Tried.of(engine.reach().invoke(arn, input));
    }
    return Tried.of(engine.reach().putLogEvent(arn, engine.timeline().now(), input));
  }

  private Tried apiDestination(String arn, String input) throws InterruptedException {
    Optional<Registry.Destination> destination = engine.registry().destination(arn);
    if (destination.isEmpty()) {
      return Tried.noResource("The API destination does not exist: " + arn);
    }
    Optional<Registry.Connection> connection = engine.registry().connection(destination.get().connectionArn());
    if (connection.isEmpty()) {
      // Without it the request would go out without its key.
      return Tried.noResource("The API destination's connection does not exist: " + destination.get().connectionArn());
    }
    return switch (engine.http().call(destination.get(), connection.get(), target, event, input)) {
      case ApiCall.Answer.TimedOut _ ->
          new Tried(false, true, Optional.empty(), "TIMEOUT", "The endpoint did not answer within 5 seconds", Optional.empty());
      case ApiCall.Answer.NotConnected(var why) ->
          new Tried(false, true, Optional.empty(), "CONNECTION_FAILURE", "The connection to the endpoint failed: " + why, Optional.empty());
      case ApiCall.Answer.Impossible(var why) ->
          new Tried(false, false, Optional.empty(), "INVALID_PARAMETER", "The event makes no request: " + why, Optional.empty());
      case ApiCall.Answer.Answered(var status, var retryAfter, var date, var excerpt) -> {
        boolean again = status == 401 || status == 407 || status == 409 || status == 429 || status >= 500;
        Instant answered = date.flatMap(RetryAfter::date).orElseGet(() -> engine.timeline().now());
        yield status / 100 == 2
            ? new Tried(true, false, Optional.of(status), "", "delivered", Optional.empty())
            : new Tried(
                false,
                again,
                Optional.of(status),
                "ERROR_FROM_TARGET",
                "The endpoint answered " + status + ": " + excerpt,
                retryAfter.flatMap(value -> RetryAfter.read(value, answered)));
      }
    };
  }

  private void settle(Duration took) {
    Tried tried = last;
    boolean stop = tried.retryAfter().map(Duration::isNegative).orElse(false);
    if (tried.delivered() || !tried.again() || stop) {
      happened(took, Optional.empty());
      if (tried.delivered()) {
        engine.finished(this);
      } else {
        giveUp(tried.code(), tried.message(), Optional.empty());
      }
      return;
    }
    Duration own = engine.backoff().after(attempts.get(), key());
    Duration wait = tried.retryAfter().filter(longer -> longer.compareTo(own) > 0).orElse(own);
    Optional<String> exhausted = exhausted(wait);
    happened(took, exhausted.isPresent() ? Optional.empty() : Optional.of(wait));
    if (exhausted.isPresent()) {
      giveUp(tried.code(), tried.message(), exhausted);
    } else {
      engine.start(this, wait);
    }
  }

  private Optional<String> exhausted(Duration wait) {
    if (attempts.get() > target.path("RetryPolicy").path("MaximumRetryAttempts").asInt(DEFAULT_ATTEMPTS)) {
      return Optional.of("MaximumRetryAttempts");
    }
    return wait.compareTo(timeLeft()) > 0 ? Optional.of("MaximumEventAgeInSeconds") : Optional.empty();
  }

  /** Until the event is too old to be tried again. */
  Duration timeLeft() {
    Duration oldest = Duration.ofSeconds(target.path("RetryPolicy").path("MaximumEventAgeInSeconds").asInt(DEFAULT_AGE_SECONDS));
    return Duration.between(engine.timeline().now(), accepted.plus(oldest));
  }

  /** The event grew too old while it waited for its turn. */
  void tooOld() {
    giveUp(last.code(), last.message(), Optional.of("MaximumEventAgeInSeconds"));
  }

  private void happened(Duration took, Optional<Duration> nextWait) {
    engine.tell(new Happening.AttemptMade(eventId, rule.name(), attempts.get(), last.status(), last.message(), took, nextWait));
  }

  private void giveUp(String code, String message, Optional<String> exhausted) {
    new DeadLetter(engine, this, rule, target, event, new DeadLetter.Why(code, message, exhausted)).run();
  }

  /** The API destination this goes to, for its rate limit. */
  Optional<Registry.Destination> destination() {
    return engine.registry().destination(target.path("Arn").asText());
  }
}

package agentpost.local.eventbridge.delivery;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.eventbridge.input.Input;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.AttemptResult;
import agentpost.local.eventbridge.targets.AttemptResult.Retry;
import agentpost.local.eventbridge.targets.DeliveryInput;
import agentpost.local.eventbridge.targets.RetryAfter;
import agentpost.local.eventbridge.targets.TargetKind;
import agentpost.local.eventbridge.targets.TargetServices;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One event to one target, until it is delivered, dead-lettered or dropped. */
final class Delivery implements Dispatcher.Call {
  private static final int DEFAULT_ATTEMPTS = 185;
  private static final int DEFAULT_AGE_SECONDS = 86_400;

  private final Engine engine;
  private final Registry.Rule rule;
  private final ObjectNode target;
  private final AcceptedEvent event;
  private final AtomicInteger attempts = new AtomicInteger();
  private volatile AttemptResult.Failed last =
      AttemptResult.failed("THROTTLING", "The destination's rate left no room for it", true);

  Delivery(Engine engine, Registry.Rule rule, ObjectNode target, AcceptedEvent event) {
    this.engine = engine;
    this.rule = rule;
    this.target = target;
    this.event = event;
  }

  PendingDelivery toPending() {
    return new PendingDelivery(event.id(), rule.name(), attempts.get());
  }

  Registry.Rule rule() {
    return rule;
  }

  ObjectNode target() {
    return target;
  }

  AcceptedEvent event() {
    return event;
  }

  Instant now() {
    return engine.timeline().now();
  }

  /** What tells this delivery from others, in every run with the same events. */
  String key() {
    return event.id() + " " + rule.name() + " " + target.path("Id").asText();
  }

  @Override
  public boolean isTooOld() {
    return timeLeft().isNegative();
  }

  @Override
  public void run() {
    try {
      takeTurn();
    } finally {
      engine.runningAttempts().end();
    }
  }

  private void takeTurn() {
    if (isTooOld()) {
      expire();
      return;
    }
    try {
      ObjectNode json = event.json();
      Optional<String> input = Input.of(target, json, rule.arn(), event.at());
      if (input.isEmpty()) {
        giveUp(
            "INVALID_JSON",
            "The input transformer makes no valid JSON of this event",
            Optional.empty());
        return;
      }
      long start = System.nanoTime();
      AttemptResult tried =
          attempt(new DeliveryInput(rule, target, json, input.get(), event.forwarded()));
      attempts.incrementAndGet();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      switch (tried) {
        case AttemptResult.Delivered delivered -> {
          announce(delivered, took, Optional.empty(), "delivered", "delivered");
          engine.finish(this);
        }
        case AttemptResult.Failed failed -> {
          last = engine.keep(this, failed.withoutExchange());
          retryOrGiveUp(failed, took);
        }
      }
    } catch (RuntimeException | Error e) {
      // A mistake of ours must not leave an event in flight for ever without a word.
      giveUp("INTERNAL_ERROR", e.toString(), Optional.empty());
    } catch (InterruptedException e) {
      // The engine is closing; the delivery stays in flight and is reported so.
      Thread.currentThread().interrupt();
    }
  }

  private AttemptResult attempt(DeliveryInput outgoing) throws InterruptedException {
    Optional<TargetKind> kind = engine.kinds().of(outgoing.arn());
    if (kind.isEmpty()) {
      return AttemptResult.noResource("There is nothing that delivers to " + outgoing.arn());
    }
    Optional<TargetServices.Failure> refused =
        engine
            .reach()
            .explainRefusal(
                rule.arn(), outgoing.arn(), target.path("RoleArn").asText(), kind.get().action());
    return refused.isPresent() ? AttemptResult.of(refused) : kind.get().attempt(outgoing);
  }

  private void retryOrGiveUp(AttemptResult.Failed failed, Duration took) {
    switch (failed.retry()) {
      case Retry.Final _ -> giveUp(failed, took, failed.code() + " is final");
      case Retry.Stopped _ -> giveUp(failed, took, "the answer's Retry-After is negative");
      case Retry.After(var asked) -> retry(failed, took, asked.map(RetryAfter.Wait::time));
    }
  }

  private void giveUp(AttemptResult.Failed failed, Duration took, String reason) {
    announce(failed, took, Optional.empty(), failed.message(), "not again: " + reason);
    giveUp(failed.code(), failed.message(), Optional.empty());
  }

  private void retry(AttemptResult.Failed failed, Duration took, Optional<Duration> askedFor) {
    Duration own = engine.retryDelays().delayAfter(attempts.get(), key());
    Optional<Duration> asked = askedFor.filter(longer -> longer.compareTo(own) > 0);
    Duration wait = asked.orElse(own);
    Optional<String> exhausted = explainExhausted(wait);
    // From now, whatever becomes of the time while listeners hear of it.
    Instant due = engine.timeline().now().plus(wait);
    announce(
        failed,
        took,
        exhausted.isPresent() ? Optional.empty() : Optional.of(wait),
        failed.message(),
        exhausted
            .map(what -> "not again: " + what + " is reached")
            .orElse(
                asked.isPresent()
                    ? "again after the answer's Retry-After"
                    : "again after EventBridge's own wait"));
    if (exhausted.isPresent()) {
      giveUp(failed.code(), failed.message(), exhausted);
    } else {
      engine.start(this, Duration.between(engine.timeline().now(), due));
    }
  }

  private Optional<String> explainExhausted(Duration wait) {
    if (attempts.get()
        > target.path("RetryPolicy").path("MaximumRetryAttempts").asInt(DEFAULT_ATTEMPTS)) {
      return Optional.of("MaximumRetryAttempts");
    }
    return wait.compareTo(timeLeft()) > 0
        ? Optional.of("MaximumEventAgeInSeconds")
        : Optional.empty();
  }

  /** Until the event is too old to be tried again. */
  Duration timeLeft() {
    Duration oldest =
        Duration.ofSeconds(
            target.path("RetryPolicy").path("MaximumEventAgeInSeconds").asInt(DEFAULT_AGE_SECONDS));
    return Duration.between(engine.timeline().now(), event.at().plus(oldest));
  }

  /** The event grew too old while it waited for its turn. */
  void expire() {
    giveUp(last.code(), last.message(), Optional.of("MaximumEventAgeInSeconds"));
  }

  private void announce(
      AttemptResult tried,
      Duration took,
      Optional<Duration> nextWait,
      String message,
      String reason) {
    engine
        .attempts()
        .recordAttempt(
            this,
            attempts.get(),
            tried,
            took,
            nextWait,
            reason,
            engine.reach().forgiven(rule.arn(), target.path("Arn").asText()));
    engine.tell(
        new DeliveryEvent.AttemptMade(
            event.id(), rule.name(), attempts.get(), tried.status(), message, took, nextWait));
  }

  private void giveUp(String code, String message, Optional<String> exhausted) {
    new DeadLetter(engine, this, new DeadLetter.Reason(code, message, exhausted)).send();
  }

  /** Where it waits for its turn. */
  Dispatcher.CallPermit place() {
    String arn = target.path("Arn").asText();
    Optional<TargetKind> kind = engine.kinds().of(arn);
    return new Dispatcher.CallPermit(
        arn,
        () -> kind.map(known -> known.maxConcurrent(target)).orElse(1),
        kind.flatMap(known -> known.limit(target)));
  }
}

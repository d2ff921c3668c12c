package agentpost.local.eventbridge.delivery;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.eventbridge.input.ErrorExcerpt;
import agentpost.local.eventbridge.targets.QueueTarget;
import agentpost.local.eventbridge.targets.TargetServices;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A delivery that was given up, on its way to the target's dead-letter queue; it tries again while
 * the queue only fails for now.
 */
final class DeadLetter implements Dispatcher.Call {
  private static final int MAX_TRIES = 185;
  private static final int MAX_CONCURRENT = 16;

  private final Engine engine;
  private final Delivery delivery;
  private final Reason why;
  private int tries;

  /**
   * @param code one of EventBridge's ERROR_CODE values
   * @param exhausted what ran out, if retries did
   */
  record Reason(String code, String message, Optional<String> exhausted) {
    Reason {
      message = ErrorExcerpt.clean(message);
    }
  }

  DeadLetter(Engine engine, Delivery delivery, Reason why) {
    this.engine = engine;
    this.delivery = delivery;
    this.why = why;
  }

  /** Waits for its turn at the queue, if there is one. */
  void send() {
    if (queue().isEmpty()) {
      drop(delivery.toPending(), "the target has no dead-letter queue");
    } else {
      engine.enqueue(new Dispatcher.CallPermit(queue(), MAX_CONCURRENT, Optional.empty()), this);
    }
  }

  private String queue() {
    return delivery.target().path("DeadLetterConfig").path("Arn").asText("");
  }

  @Override
  public boolean isTooOld() {
    return false;
  }

  @Override
  public void run() {
    tries++;
    PendingDelivery last = delivery.toPending();
    String queue = queue();
    Optional<TargetServices.Failure> failure;
    try {
      failure = engine.reach().explainRefusal(delivery.rule().arn(), queue, "", QueueTarget.SEND);
      if (failure.isEmpty()) {
        failure =
            engine
                .reach()
                .sendToQueue(
                    queue,
                    ErrorExcerpt.escape(delivery.event().text()),
                    attributes(last.attemptsMade()));
      }
    } catch (RuntimeException | Error e) {
      failure = Optional.of(new TargetServices.Failure("INTERNAL_ERROR", e.toString(), false));
    }
    if (failure.isEmpty()) {
      engine.finish(delivery);
      engine
          .attempts()
          .deadLettered(
              delivery,
              last.attemptsMade(),
              queue,
              why,
              engine.reach().forgiven(delivery.rule().arn(), queue));
      engine.tell(
          new DeliveryEvent.DeadLettered(
              last.eventId(), last.rule(), queue, why.code(), why.message(), last.attemptsMade()));
    } else if (failure.get().retryable() && tries < MAX_TRIES) {
      engine
          .timeline()
          .schedule(engine.retryDelays().delayAfter(tries, delivery.key()), this::send);
    } else {
      drop(last, failure.get().message());
    }
  }

  private void drop(PendingDelivery last, String reason) {
    engine.finish(delivery);
    engine.attempts().recordDrop(delivery, last.attemptsMade(), why, reason);
    engine.tell(
        new DeliveryEvent.Dropped(
            last.eventId(), last.rule(), why.code(), why.message() + "; " + reason));
  }

  private Map<String, String> attributes(int attempts) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("RULE_ARN", delivery.rule().arn());
    attributes.put("TARGET_ARN", delivery.target().path("Arn").asText());
    attributes.put("ERROR_CODE", why.code());
    attributes.put("ERROR_MESSAGE", why.message());
    attributes.put("RETRY_ATTEMPTS", Integer.toString(Math.max(0, attempts - 1)));
    why.exhausted().ifPresent(condition -> attributes.put("EXHAUSTED_RETRY_CONDITION", condition));
    return attributes;
  }
}

package agentpost.local.eventbridge;

import agentpost.local.eventbridge.DeliveryListener.Happening;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A delivery that was given up, on its way to the target's dead-letter queue; it tries again while the queue only fails for now. */
final class DeadLetter implements Runnable {
  private static final int MOST_TRIES = 185;

  private final Engine engine;
  private final Delivery delivery;
  private final Registry.Rule rule;
  private final ObjectNode target;
  private final ObjectNode event;
  private final Why why;
  private int tries;

  /**
   * @param code one of EventBridge's ERROR_CODE values
   * @param exhausted what ran out, if retries did
   */
  record Why(String code, String message, Optional<String> exhausted) {
    Why {
      message = Excerpt.clean(message);
    }
  }

  DeadLetter(Engine engine, Delivery delivery, Registry.Rule rule, ObjectNode target, ObjectNode event, Why why) {
    this.engine = engine;
    this.delivery = delivery;
    this.rule = rule;
    this.target = target;
    this.event = event;
    this.why = why;
  }

  @Override
  public void run() {
    tries++;
    InFlight last = delivery.inFlight();
    String queue = target.path("DeadLetterConfig").path("Arn").asText("");
    if (queue.isEmpty()) {
      dropped(last, "the target has no dead-letter queue");
      return;
    }
    Optional<Reach.Failure> failure;
    try {
      failure = engine.reach().refused(rule.arn(), queue, "");
      if (failure.isEmpty()) {
        failure = engine.reach().sendToQueue(queue, Excerpt.escaped(event.toString()), attributes(last.attemptsMade()));
      }
    } catch (RuntimeException | Error e) {
      failure = Optional.of(new Reach.Failure("INTERNAL_ERROR", e.toString(), false));
    }
    if (failure.isEmpty()) {
      engine.finished(delivery);
      engine.tell(new Happening.DeadLettered(last.eventId(), rule.name(), queue, why.code(), why.message(), last.attemptsMade()));
    } else if (failure.get().retryable() && tries < MOST_TRIES) {
      engine.timeline().after(engine.backoff().after(tries, delivery.key()), this);
    } else {
      dropped(last, failure.get().message());
    }
  }

  private void dropped(InFlight last, String reason) {
    engine.finished(delivery);
    engine.tell(new Happening.Dropped(last.eventId(), rule.name(), why.code(), why.message() + "; " + reason));
  }

  private Map<String, String> attributes(int attempts) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("RULE_ARN", rule.arn());
    attributes.put("TARGET_ARN", target.path("Arn").asText());
    attributes.put("ERROR_CODE", why.code());
    attributes.put("ERROR_MESSAGE", why.message());
    attributes.put("RETRY_ATTEMPTS", Integer.toString(Math.max(0, attempts - 1)));
    why.exhausted().ifPresent(condition -> attributes.put("EXHAUSTED_RETRY_CONDITION", condition));
    return attributes;
  }
}

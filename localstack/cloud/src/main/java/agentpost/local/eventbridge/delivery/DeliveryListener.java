package agentpost.local.eventbridge.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Hears what becomes of events, as it happens. It is called on the engine's threads and must not
 * block.
 */
@FunctionalInterface
public interface DeliveryListener {
  void onEvent(DeliveryEvent happening);

  /**
   * The event id is the envelope's {@code event_id} if its detail has one, else EventBridge's own.
   */
  sealed interface DeliveryEvent {
    String eventId();

    /**
     * @param event as rules see it, JSON
     */
    record EventAccepted(
        String eventId,
        String bus,
        String source,
        String detailType,
        List<String> matchedRules,
        String event)
        implements DeliveryEvent {}

    /**
     * @param attempt from 1
     * @param status of the answer; nothing if there was none
     * @param took wall time
     * @param nextWait on the timeline; nothing if there is no next attempt
     */
    record AttemptMade(
        String eventId,
        String rule,
        int attempt,
        Optional<Integer> status,
        String outcome,
        Duration took,
        Optional<Duration> nextWait)
        implements DeliveryEvent {}

    record DeadLettered(
        String eventId,
        String rule,
        String queueArn,
        String errorCode,
        String errorMessage,
        int attempts)
        implements DeliveryEvent {}

    /** Given up with nowhere to put it. */
    record Dropped(String eventId, String rule, String errorCode, String errorMessage)
        implements DeliveryEvent {}
  }
}

package agentpost.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long EventBridge may be asked to wait for an agent's next attempt: a wait that goes beyond
 * the age at which it gives an event up ("MaximumEventAgeInSeconds", PutTargets) would not put that
 * attempt off, it would be the end of the event.
 *
 * @param maxAge of the agent's events
 */
record RetryWindow(Duration maxAge) {
  /**
   * The part of the age that is kept back, an hour of a day: EventBridge promises no exact time for
   * a retry, the destination's rate may hold it up, and the clocks of producers are not ours.
   */
  private static final int PARTS = 24;

  /**
   * As long as leaves time for one more attempt. EventBridge does not say when it took an event, so
   * its own time counts; one that looks too old for that, since it was put late or replayed, has at
   * least the part that is kept back.
   *
   * @param happened the envelope's timestamp, if it can be read
   */
  Duration maxWait(Optional<Instant> happened, Instant now) {
    Duration kept = maxAge.dividedBy(PARTS);
    Duration age =
        happened
            .map(at -> at.isAfter(now) ? Duration.ZERO : Duration.between(at, now))
            .orElse(maxAge);
    Duration left = maxAge.minus(age).minus(kept);
    return left.compareTo(kept) > 0 ? left : kept;
  }
}

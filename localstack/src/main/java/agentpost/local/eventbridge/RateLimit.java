package agentpost.local.eventbridge;

import agentpost.local.time.Timeline;
import java.time.Duration;
import java.time.Instant;

/** An API destination's invocations a second: each call takes the next free slot, a second's worth of which may be used at once. */
final class RateLimit {
  private final Timeline timeline;
  private long nanosApart;
  private Instant next = Instant.MIN;

  RateLimit(Timeline timeline, int perSecond) {
    this.timeline = timeline;
    change(perSecond);
  }

  synchronized void change(int perSecond) {
    nanosApart = 1_000_000_000L / perSecond;
  }

  /** How long a call has to wait for its slot, behind so many others. */
  synchronized Duration wait(int others) {
    Duration wait = Duration.between(timeline.now(), slot().plusNanos(others * nanosApart));
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** Takes the next slot if its time has come; otherwise says how long it has to be waited for. */
  synchronized Duration take() {
    Duration wait = wait(0);
    if (wait.isZero()) {
      next = slot();
    }
    return wait;
  }

  private Instant slot() {
    Instant earliest = timeline.now().minusSeconds(1);
    return (next.isAfter(earliest) ? next : earliest).plusNanos(nanosApart);
  }
}

package agentpost.local.eventbridge.registry;

import agentpost.local.time.Timeline;
import java.time.Duration;
import java.time.Instant;

/**
 * An API destination's invocations a second: each call takes the next free slot, a second's worth
 * of which may be used at once.
 */
public final class RateLimit {
  private final Timeline timeline;
  private long nanosApart;
  private Instant next = Instant.MIN;

  public RateLimit(Timeline timeline, int perSecond) {
    this.timeline = timeline;
    change(perSecond);
  }

  public synchronized void change(int perSecond) {
    nanosApart = 1_000_000_000L / perSecond;
  }

  /** How long a call has to wait for its slot, behind so many others. */
  public synchronized Duration wait(int others) {
    return wait(timeline.now(), others);
  }

  /** Takes the next slot if its time has come; otherwise says how long it has to be waited for. */
  public synchronized Duration take() {
    Instant now = timeline.now();
    Duration wait = wait(now, 0);
    if (wait.isZero()) {
      next = slot(now);
    }
    return wait;
  }

  /**
   * By one look at the clock: at one a second a slot is now, and by a second look it would always
   * be a moment ahead.
   */
  private Duration wait(Instant now, int others) {
    Duration wait = Duration.between(now, slot(now).plusNanos(others * nanosApart));
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private Instant slot(Instant now) {
    Instant earliest = now.minusSeconds(1);
    return (next.isAfter(earliest) ? next : earliest).plusNanos(nanosApart);
  }
}

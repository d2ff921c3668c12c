package agentpost.local.eventbridge;

import agentpost.local.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

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

  /** How long this call has to wait for its slot; nothing, and no slot is taken, if that is longer than it can. */
  synchronized Optional<Duration> take(Duration longest) {
    Instant now = timeline.now();
    Instant earliest = now.minusSeconds(1);
    Instant slot = (next.isAfter(earliest) ? next : earliest).plusNanos(nanosApart);
    Duration wait = slot.isAfter(now) ? Duration.between(now, slot) : Duration.ZERO;
    if (wait.compareTo(longest) > 0) {
      return Optional.empty();
    }
    next = slot;
    return Optional.of(wait);
  }
}

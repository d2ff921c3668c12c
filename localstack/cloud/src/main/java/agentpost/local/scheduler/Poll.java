package agentpost.local.scheduler;

import agentpost.local.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * What a rate's function found when it was invoked last, and how long nothing has happened: the
 * longer, the later may be the next invocation.
 *
 * @param inVain whether it only looked, which is known when it has ended
 * @param times how often it had looked in vain before that, one after the other
 * @param at when it was invoked
 * @param busyAt when something happened last: somebody asked, something was on its way, or a
 *     function found something to do
 */
record Poll(BooleanSupplier inVain, int times, Instant at, Instant busyAt) {
  /**
   * By the wall, where nobody does anything, and the rate is one of less than a second: at
   * --time-scale 600 a minute is a tenth of one, and to look every minute for what might have
   * become due would keep a sixth of a processor busy for nothing.
   */
  static final Duration IDLE_INTERVAL = Duration.ofSeconds(5);

  /** The same for a function that finds nothing to do, in the end. */
  static final Duration MAX_IDLE_INTERVAL = Duration.ofSeconds(30);

  /**
   * Of the time for which nothing had happened when it looked: what becomes due meanwhile is found
   * no later than by such a part of its own time, beside {@link #IDLE_INTERVAL}.
   */
  private static final int IDLE_SHARE = 2;

  /**
   * Of a rate's times that its function lets pass, where time is set forward and there is nothing
   * for it to find.
   */
  private static final Duration MAX_POLL_INTERVAL = Duration.ofHours(1);

  private static final int MAX_DOUBLINGS = 12;

  /** Before the first time. */
  static Poll none(Instant now) {
    return new Poll(() -> false, 0, Instant.MIN, now);
  }

  /**
   * @param isIdle whether nobody asks for anything and nothing is on its way
   */
  Poll next(BooleanSupplier looksInVain, Instant now, boolean isIdle) {
    boolean before = inVain.getAsBoolean();
    return new Poll(
        looksInVain,
        before ? Math.min(times + 1, MAX_DOUBLINGS) : 0,
        now,
        isIdle && before ? busyAt : now);
  }

  /**
   * How much later the next look may be where time is set forward: the longer nothing was found,
   * the longer, as long as nothing else happens.
   */
  Duration maxPollDelay(Duration period) {
    Duration wait = period.multipliedBy((1L << times) - 1);
    return inVain.getAsBoolean() ? min(wait, MAX_POLL_INTERVAL) : Duration.ZERO;
  }

  /** When the next invocation comes while nothing happens, where time runs ahead of the wall's. */
  Instant idleUntil(Timeline timeline) {
    Duration least = timeline.runsAhead(IDLE_INTERVAL);
    boolean mayGrow = inVain.getAsBoolean() && busyAt.isBefore(at);
    Duration quiet = mayGrow ? Duration.between(busyAt, at).dividedBy(IDLE_SHARE) : Duration.ZERO;
    return at.plus(
        quiet.compareTo(least) > 0 ? min(quiet, timeline.runsAhead(MAX_IDLE_INTERVAL)) : least);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}

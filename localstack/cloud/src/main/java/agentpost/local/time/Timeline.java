package agentpost.local.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.function.Supplier;

/**
 * The time by which the local cloud waits, ages, schedules and limits rates. {@code --time-scale
 * 600} makes one of its hours six seconds long. Sockets' time-outs and signatures do not use it:
 * they keep the wall's.
 */
public interface Timeline extends AutoCloseable {
  /** Now, on this timeline. */
  Instant now();

  /** A clock that shows {@link #now}, UTC. */
  default Clock clock() {
    InstantSource source = this::now;
    return source.withZone(ZoneOffset.UTC);
  }

  /**
   * How much of this timeline passes in that time of the wall's; nothing where it does not run
   * ahead of the wall.
   */
  default Duration runsAhead(Duration wall) {
    return Duration.ZERO;
  }

  /**
   * Runs a task once, when {@code delay} has passed on this timeline; at once if it is zero or
   * negative.
   */
  Cancellable schedule(Duration delay, Runnable task);

  /**
   * Runs a task that looks every {@code period} for what has become due. Where time is set forward
   * past many looks, those right before whatever else is due are enough.
   *
   * @param longest how much later than its time it may run if nothing else is due before
   */
  default Cancellable look(
      Duration delay, Duration period, Supplier<Duration> longest, Runnable task) {
    return schedule(delay, task);
  }

  @Override
  void close();

  /** A task that has not run. */
  interface Cancellable {
    /** True if the task will not run because of this call. */
    boolean cancel();
  }
}

package agentpost.platform;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Exponential backoff with a cap.
 *
 * @param initial the first delay; each is twice the one before
 * @param max no delay is longer
 */
public record Backoff(Duration initial, Duration max) {
  /** Of delays of a millisecond and more, as many doublings are beyond any cap. */
  private static final int MAX_DOUBLINGS = 30;

  /**
   * @param attempts made so far, 1 or more
   */
  public Duration delayAfter(int attempts) {
    return capped(initial.multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS)));
  }

  /**
   * With equal jitter, so that many do not come back together: at least half of each delay (AWS
   * Architecture Blog, "Exponential Backoff And Jitter").
   *
   * @param attempts made so far, 1 or more
   * @param random from 0 to 1
   */
  public Duration delayAfter(int attempts, DoubleSupplier random) {
    double half = delayAfter(attempts).toMillis() / 2.0;
    return Duration.ofMillis((long) (half + half * random.getAsDouble()));
  }

  /**
   * @param before the delay before this one; zero if there was none yet
   */
  public Duration delayAfter(Duration before) {
    return capped(before.isZero() ? initial : before.multipliedBy(2));
  }

  private Duration capped(Duration delay) {
    return delay.compareTo(max) > 0 ? max : delay;
  }
}

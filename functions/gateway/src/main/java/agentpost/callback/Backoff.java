package agentpost.callback;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long a message waits for its next attempt: doubling, up to a quarter of an hour, with jitter
 * so that many do not come back together.
 */
final class Backoff {
  private static final Duration INITIAL_DELAY = Duration.ofSeconds(5);
  private static final Duration MAX_DELAY = Duration.ofMinutes(15);
  private final DoubleSupplier random;

  /**
   * @param random from 0 to below 1
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /**
   * @param attempts made so far, 1 or more
   */
  Duration delayAfter(int attempts) {
    long most =
        Math.min(MAX_DELAY.toMillis(), INITIAL_DELAY.toMillis() << Math.min(20, attempts - 1));
    return Duration.ofMillis((long) (most / 2.0 + most / 2.0 * random.getAsDouble()));
  }
}

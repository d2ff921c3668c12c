package agentpost.local.eventbridge.delivery;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long EventBridge waits between attempts. AWS documents exponential backoff with jitter, 185
 * attempts in 24 h by default, and no formula; doubling from a second to ten minutes spends both at
 * about the same time. Each delivery has a jitter of its own, which the seed fixes whatever other
 * deliveries do at the same time.
 */
final class Backoff {
  private static final long CAP_SECONDS = 600;
  private final long seed;

  Backoff(long seed) {
    this.seed = seed;
  }

  /**
   * @param attempt the one that failed, from 1
   */
  Duration delayAfter(int attempt, String delivery) {
    long base = Math.min(CAP_SECONDS, 1L << Math.min(attempt - 1, 20));
    SplittableRandom random =
        new SplittableRandom((seed * 31 + delivery.hashCode()) * 31 + attempt);
    return Duration.ofMillis((long) (base * 1000 * random.nextDouble(0.5, 1.0)));
  }
}

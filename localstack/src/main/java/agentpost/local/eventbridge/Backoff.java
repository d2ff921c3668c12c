package agentpost.local.eventbridge;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long EventBridge waits between attempts. AWS documents exponential backoff with jitter, 185 attempts in 24 h by default, and no
 * formula; doubling from a second to ten minutes spends both at about the same time.
 */
final class Backoff {
  private static final long CAP_SECONDS = 600;
  private final SplittableRandom random;

  Backoff(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** @param attempt the one that failed, from 1 */
  synchronized Duration after(int attempt) {
    long base = Math.min(CAP_SECONDS, 1L << Math.min(attempt - 1, 20));
    return Duration.ofMillis((long) (base * 1000 * random.nextDouble(0.5, 1.0)));
  }
}

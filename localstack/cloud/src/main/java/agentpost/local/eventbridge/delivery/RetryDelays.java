package agentpost.local.eventbridge.delivery;

import agentpost.platform.Backoff;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long EventBridge waits between attempts. AWS documents exponential backoff with jitter, 185
 * attempts in 24 h by default, and no formula; doubling from a second to ten minutes spends both at
 * about the same time. Each delivery has a jitter of its own, which the seed fixes whatever other
 * deliveries do at the same time.
 */
public final class RetryDelays {
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

  private final long seed;

  public RetryDelays(long seed) {
    this.seed = seed;
  }

  /**
   * @param attempt the one that failed, from 1
   */
  public Duration delayAfter(int attempt, String delivery) {
    SplittableRandom random =
        new SplittableRandom((seed * 31 + delivery.hashCode()) * 31 + attempt);
    return BACKOFF.delayAfter(attempt, random::nextDouble);
  }
}

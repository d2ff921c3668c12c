package agentpost.health;

import java.time.Duration;

/** Waits that double while nothing gets better. */
final class Backoff {
  private Backoff() {}

  /**
   * @param before zero if there was none yet
   */
  static Duration next(Duration before, Duration first, Duration longest) {
    Duration doubled = before.isZero() ? first : before.multipliedBy(2);
    return doubled.compareTo(longest) > 0 ? longest : doubled;
  }
}

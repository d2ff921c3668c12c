package agentpost.verification;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How long something is waited for.
 *
 * @param check for what one check waits for; EventBridge may try again as late as minutes after
 * @param quiet how long nothing more must come, for it to be said that nothing does
 * @param stack for a stack to be made or deleted
 */
public record Patience(Duration check, Duration quiet, Duration stack, Duration pause) {
  public static final Patience DEFAULT =
      new Patience(
          Duration.ofMinutes(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(15),
          Duration.ofSeconds(1));

  /** What there is as soon as it is enough, or when the time is up. */
  public <T> T await(Duration time, Supplier<T> look, Predicate<T> isEnough) {
    long end = System.nanoTime() + time.toNanos();
    while (true) {
      T seen = look.get();
      if (isEnough.test(seen) || System.nanoTime() >= end) {
        return seen;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while waiting", e);
      }
    }
  }
}

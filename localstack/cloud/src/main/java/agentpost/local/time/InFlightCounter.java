package agentpost.local.time;

import java.time.Duration;

/** How much of a kind has begun and has not ended. What must not overtake it waits. */
public final class InFlightCounter {
  private int count;

  public synchronized void begin() {
    count++;
  }

  public synchronized void end() {
    count--;
    notifyAll();
  }

  /** Waits until there is nothing, and no longer than that by the wall's clock. */
  public synchronized void awaitNone(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    for (long left = longest.toNanos(); count > 0 && left > 0; left = end - System.nanoTime()) {
      // Rounded up: a wait of zero would be one for ever.
      wait(left / 1_000_000 + 1);
    }
  }
}

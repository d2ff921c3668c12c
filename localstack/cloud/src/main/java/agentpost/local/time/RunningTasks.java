package agentpost.local.time;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Tasks that have started and not ended. */
final class RunningTasks {
  private static final long POLL_INTERVAL_MILLIS = 1;
  private int running;
  private long ended;

  synchronized void start() {
    running++;
  }

  synchronized void end() {
    running--;
    ended++;
    notifyAll();
  }

  /**
   * Waits until all have ended, those too that they start.
   *
   * @param patience how long none may end
   * @param others names what is under way elsewhere, which nobody tells the end of
   * @throws IllegalStateException naming what does not end
   */
  void settle(Duration patience, Supplier<List<String>> others) {
    try {
      for (long before = -1, since = System.nanoTime(); ; ) {
        synchronized (this) {
          if (ended != before) {
            before = ended;
            since = System.nanoTime();
          }
          if (running > 0) {
            wait(patience.toMillis() + 1);
          }
        }
        List<String> left = isAsBefore(before) ? others.get() : List.of();
        if (left.isEmpty() && isAsBefore(before)) {
          return;
        }
        if (System.nanoTime() - since > patience.toNanos()) {
          throw new IllegalStateException(
              "Time moves on when what is under way has ended, and nothing has for "
                  + patience.toSeconds()
                  + " s; under way: "
                  + describe(left));
        }
        if (!left.isEmpty()) {
          Thread.sleep(POLL_INTERVAL_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while time was set forward", e);
    }
  }

  /** Nothing has started since, while it was looked at elsewhere. */
  private synchronized boolean isAsBefore(long before) {
    return running == 0 && ended == before;
  }

  private synchronized String describe(List<String> others) {
    return others.isEmpty() ? running + " deliveries or other tasks" : String.join(", ", others);
  }
}

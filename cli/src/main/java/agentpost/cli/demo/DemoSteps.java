package agentpost.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What a demo waits for, one after the other. What happens meanwhile is told in its order, on the
 * thread that waits.
 */
final class DemoSteps {
  private final Duration patience;
  private final BlockingQueue<Runnable> happened = new LinkedBlockingQueue<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * @param patience for one step
   */
  DemoSteps(Duration patience) {
    this.patience = patience;
  }

  /** From any thread: something happened, and this is to be done about it. */
  void tell(Runnable what) {
    happened.add(what);
  }

  /** Waits until it is seen; what was to come after a thing that is missing is not waited for. */
  void expect(String what, BooleanSupplier isSeen) throws InterruptedException {
    if (!isWhole()) {
      return;
    }
    long deadline = System.nanoTime() + patience.toNanos();
    while (!isSeen.getAsBoolean() && System.nanoTime() < deadline) {
      Runnable one = happened.poll(200, TimeUnit.MILLISECONDS);
      if (one != null) {
        one.run();
      }
    }
    if (!isSeen.getAsBoolean()) {
      missing.add(what);
    }
  }

  void isMissing(String what) {
    missing.add(what);
  }

  /** Nothing is missing so far. */
  boolean isWhole() {
    return missing.isEmpty();
  }

  List<String> findMissing() {
    return missing;
  }
}

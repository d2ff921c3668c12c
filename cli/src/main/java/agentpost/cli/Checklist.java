package agentpost.cli;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** What the demo promised to show. Something is ticked off when it was observed, from whatever thread; what is left at the end is missing. */
final class Checklist {
  private final SequencedSet<String> open = new LinkedHashSet<>();

  Checklist(List<String> promised) {
    open.addAll(promised);
  }

  synchronized void observed(String promise) {
    open.remove(promise);
    notifyAll();
  }

  synchronized List<String> missing() {
    return List.copyOf(open);
  }

  /** Waits until nothing is open; false when that took longer than {@code patience}. */
  synchronized boolean await(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!open.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }
}

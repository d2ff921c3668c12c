package agentpost.deadletter;

/** Counts what a process does, and ends it before the step that it is told. */
final class Steps {
  /** A process that ends without a word; nothing of ours catches it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private int done;
  private int last = Integer.MAX_VALUE;

  /** From now on, so many steps are done, and none after them, until it is started anew. */
  synchronized void only(int steps) {
    done = 0;
    last = steps;
  }

  synchronized void startAnew() {
    only(Integer.MAX_VALUE);
  }

  synchronized void step() {
    if (done >= last) {
      throw new Crash();
    }
    done++;
  }
}

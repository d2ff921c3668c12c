package agentpost.cli.verification;

import java.time.Duration;

/**
 * One sentence that a stage is held to.
 *
 * @param group such as {@code retries}
 * @param events that it puts
 * @param attempts at the receiver that they make
 */
record Check(String group, String sentence, int events, int attempts, Body body) {
  interface Body {
    Outcome run(Probe probe);
  }

  /** What came of it, and how long it took. */
  record Result(Check check, Outcome outcome, Duration time) {
    boolean isFailed() {
      return outcome instanceof Outcome.Failed;
    }
  }
}

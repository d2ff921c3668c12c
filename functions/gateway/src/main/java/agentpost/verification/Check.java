package agentpost.verification;

import java.time.Duration;
import java.util.function.Function;

/**
 * One sentence that a stage is held to, or whatever else delivers.
 *
 * @param <S> what it is about
 * @param group such as {@code retries}
 * @param events that it puts
 * @param attempts at the receiver that they make
 */
public record Check<S>(
    String group, String sentence, int events, int attempts, Function<S, Outcome> body) {

  /** What came of it, and how long it took. */
  public record Result(Check<?> check, Outcome outcome, Duration time) {
    public boolean isFailed() {
      return outcome instanceof Outcome.Failed;
    }
  }
}

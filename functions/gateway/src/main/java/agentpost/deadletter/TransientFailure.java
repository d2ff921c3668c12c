package agentpost.deadletter;

import agentpost.http.TransientStatus;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which letters failed for a reason that passes, so that they may go out by themselves when it has.
 */
final class TransientFailure {
  /** Nobody refused the event: time, the network, the rate, or EventBridge itself. */
  private static final Set<String> CODES =
      Set.of(
          "TIMEOUT", "CONNECTION_FAILURE", "THROTTLING", "INTERNAL_ERROR", "TRANSIENT_ASSUME_ROLE");

  private TransientFailure() {}

  /**
   * A letter whose body is no event is for nobody. Of an error of the target the status decides, if
   * the message shows it. If it does not: EventBridge retries what may pass and nothing else, and
   * says which limit ran out only if it did retry. So a letter that says none was refused for good.
   */
  static boolean is(DeadLetter letter) {
    if (letter.envelope().isEmpty()) {
      return false;
    }
    if (!letter.code().equals("ERROR_FROM_TARGET")) {
      return CODES.contains(letter.code());
    }
    OptionalInt status = letter.lastAnswer().status();
    return status.isPresent() ? !isRefusal(status.getAsInt()) : letter.exhausted().isPresent();
  }

  /**
   * An answer that asking again will not change. EventBridge retries 401, 407 and 409, which
   * someone has to mend all the same.
   */
  static boolean isRefusal(int status) {
    return !TransientStatus.matches(status, false);
  }
}

package agentpost.rotation;

import java.time.Instant;

/** What came of one step of a rotation that did not fail. */
sealed interface StepResult {
  /** The version was put, pending. */
  record Put() implements StepResult {}

  /** Another run of this step has put it. */
  record AlreadyPut() implements StepResult {}

  /** There is no service to set a secret in. */
  record NothingToSet() implements StepResult {}

  /** The version signs and verifies, with the present secret beside it. */
  record Tested() implements StepResult {}

  /** Nothing was put yet, or a version that is not one of ours. */
  record NothingToTest() implements StepResult {}

  /** The version has become current. */
  record MadeCurrent() implements StepResult {}

  /** A run before this one made it current. */
  record AlreadyCurrent() implements StepResult {}

  /** The previous secret counts until then, and no longer. */
  record Retired(Instant end) implements StepResult {}

  /** The connection has the current key. */
  record Updated() implements StepResult {}

  /** There is no previous secret, or it ends as soon anyway. */
  record NothingToRetire() implements StepResult {}

  /** For a person, and the log. */
  default String message() {
    return switch (this) {
      case Put _ -> "put";
      case AlreadyPut _ -> "was there";
      case NothingToSet _ -> "nothing to set";
      case Tested _ -> "signs and verifies";
      case NothingToTest _ -> "nothing to test yet";
      case MadeCurrent _ -> "is current";
      case AlreadyCurrent _ -> "is current already";
      case Retired(var end) -> "ends at " + end;
      case Updated _ -> "has the current key";
      case NothingToRetire _ -> "nothing to retire";
    };
  }
}

package agentpost.verification;

/** What came of a check. */
public sealed interface Outcome {
  String text();

  /**
   * @param text what was seen, where that is worth something
   */
  record Passed(String text) implements Outcome {}

  record Failed(String text) implements Outcome {}

  /** It says nothing of this stage, or cannot be made here. */
  record Skipped(String text) implements Outcome {}

  default String label() {
    return switch (this) {
      case Passed _ -> "ok";
      case Failed _ -> "FAILED";
      case Skipped _ -> "skipped";
    };
  }
}

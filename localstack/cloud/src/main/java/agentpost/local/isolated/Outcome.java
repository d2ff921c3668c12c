package agentpost.local.isolated;

import java.util.Locale;

/** What came of an invocation in a process. */
sealed interface Outcome {
  record Answered(String payload) implements Outcome {}

  /**
   * @param type as in {@code errorType}, such as {@code java.lang.IllegalStateException}
   */
  record Failed(String type, String message) implements Outcome {}

  record TimedOut(String requestId, double seconds) implements Outcome {
    String message() {
      return String.format(
          Locale.ROOT,
          "RequestId: %s Error: Task timed out after %.2f seconds",
          requestId,
          seconds);
    }
  }

  /** The process ended before it answered. */
  record Exited(String requestId, int code) implements Outcome {
    private static final int SIGNAL = 128;

    static Failed atInit(int code) {
      return new Failed("Runtime.ExitError", "Error: " + how(code));
    }

    String message() {
      return "RequestId: " + requestId + " Error: " + how(code);
    }

    /** In Lambda's words. */
    private static String how(int code) {
      return switch (code) {
        case 0 -> "Runtime exited without providing a reason";
        case SIGNAL + 9 -> "Runtime exited with error: signal: killed";
        case SIGNAL + 15 -> "Runtime exited with error: signal: terminated";
        default -> "Runtime exited with error: exit status " + code;
      };
    }
  }
}

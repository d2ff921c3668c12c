package agentpost.verification;

/**
 * What the receiver answers to one attempt.
 *
 * @param retryAfter seconds, said with a status that has EventBridge try again; 0 for nothing said
 * @param delay seconds until it answers
 */
public record ScriptedAnswer(int status, int retryAfter, int delay) {
  public static ScriptedAnswer of(int status) {
    return new ScriptedAnswer(status, 0, 0);
  }

  /** Later than the relay waits. */
  public static ScriptedAnswer tooLate() {
    return new ScriptedAnswer(200, 0, 6);
  }

  public static ScriptedAnswer tryAgainAfter(int seconds) {
    return new ScriptedAnswer(503, seconds, 0);
  }
}

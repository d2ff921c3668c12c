package agentpost.operations;

/**
 * What Step Functions knows a waiting task by, 1 to 2048 characters. Whoever has it may end the
 * task, so it is kept in the operation's row and nowhere else: in no log, no event and no answer.
 */
public record TaskToken(String value) {
  public TaskToken {
    if (value.isBlank() || value.length() > 2048) {
      throw new IllegalArgumentException(
          "a task token must be 1 to 2048 characters, got " + value.length());
    }
  }

  @Override
  public String toString() {
    return "TaskToken[not shown]";
  }
}

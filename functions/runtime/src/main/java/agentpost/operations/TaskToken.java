package agentpost.operations;

/**
 * The name by which Step Functions knows a waiting task, 1 to 2048 characters. Anyone who has it
 * can end the task, so it is stored only in the operation's row: not in a log, an event or an
 * answer.
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

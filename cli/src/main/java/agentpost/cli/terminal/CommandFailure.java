package agentpost.cli.terminal;

/** A failure whose message is all that the person at the terminal needs. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailure(String message) {
    super(message);
  }
}

package agentpost.cli;

/** A failure whose message is all that the person at the terminal needs. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }
}

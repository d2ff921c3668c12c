package agentpost.cli.project;

/** Nothing was written; the message is one line that says why, and what would be right. */
public final class ProjectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ProjectException(String message) {
    super(message);
  }
}

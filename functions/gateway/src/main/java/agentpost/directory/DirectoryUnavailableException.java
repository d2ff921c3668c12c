package agentpost.directory;

/** The directory was never read here, and cannot be read now. */
public final class DirectoryUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DirectoryUnavailableException(String why) {
    super(why);
  }
}

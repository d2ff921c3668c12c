package agentpost.platform;

/** A failure that no retry can fix, because of the input: the event that caused it is refused. */
public final class LastingFailureException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param why which limit or rule, for whoever sent the event; no value of it
   */
  public LastingFailureException(String why) {
    super(why);
  }

  /** With what it was known by. */
  public LastingFailureException(String why, Throwable cause) {
    super(why, cause);
  }
}

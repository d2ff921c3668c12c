package agentpost.platform;

/**
 * What fails now will fail as often as it is tried, for what it was given: an event that leads here
 * is refused, not tried again.
 */
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

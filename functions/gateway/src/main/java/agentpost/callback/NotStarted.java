package agentpost.callback;

/**
 * The operation is not certain to have been started; the workflow's retry, which knows this class
 * by its name, starts it again under the same id.
 */
public final class NotStarted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotStarted(String why) {
    super(why);
  }
}

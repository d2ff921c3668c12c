package agentpost.local.cloudformation;

/** The template has something the local cloud cannot honour; the message names it. */
public final class UnsupportedTemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnsupportedTemplateException(String message) {
    super(message);
  }

  UnsupportedTemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}

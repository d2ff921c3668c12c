package agentpost.local.wire;

/**
 * An error that AWS would answer: its code, its message and its HTTP status. Each protocol writes
 * it in its own shape.
 */
public final class AwsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String code;

  public AwsException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  public static AwsException badRequest(String code, String message) {
    return new AwsException(400, code, message);
  }

  public int status() {
    return status;
  }

  /** The exception's short name, such as {@code ResourceNotFoundException}. */
  public String code() {
    return code;
  }

  public String description() {
    return String.valueOf(getMessage());
  }
}

package agentpost.http;

/**
 * The one list of answers after which the same request may succeed, as each status code's own RFC
 * has it.
 */
public final class TransientStatus {
  /** RFC 9110, 15.5.9: "the client MAY repeat that request on a new connection". */
  private static final int REQUEST_TIMEOUT = 408;

  /**
   * RFC 9110, 15.5.14: temporary if it has a Retry-After, and after that time "the client MAY try
   * again".
   */
  private static final int CONTENT_TOO_LARGE = 413;

  /** RFC 9110, 15.5.20: "the client MAY retry the request over a different connection". */
  private static final int MISDIRECTED_REQUEST = 421;

  /** RFC 8470, 5.2: a client may send the request again once the handshake is complete. */
  private static final int TOO_EARLY = 425;

  /** RFC 6585, 4. */
  private static final int TOO_MANY_REQUESTS = 429;

  private TransientStatus() {}

  /**
   * Not 423 and 424 (RFC 4918), which speak of locks and of requests that somebody has to mend; nor
   * 409 (RFC 9110, 15.5.10: "resolve the conflict and resubmit"); nor 404, of which the RFC leaves
   * open whether it is temporary.
   *
   * @param hasRetryAfter whether the answer says, validly, when to come again
   */
  public static boolean matches(int status, boolean hasRetryAfter) {
    return switch (status) {
      case REQUEST_TIMEOUT, MISDIRECTED_REQUEST, TOO_EARLY, TOO_MANY_REQUESTS -> true;
      case CONTENT_TOO_LARGE -> hasRetryAfter;
      default -> status >= 500;
    };
  }
}

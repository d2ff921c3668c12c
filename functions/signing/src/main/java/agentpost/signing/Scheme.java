package agentpost.signing;

/** How a webhook is signed. */
public enum Scheme {
  /**
   * Standard Webhooks 1.0.0: {@code webhook-id}, {@code webhook-timestamp}, {@code
   * webhook-signature}.
   */
  STANDARD("standard"),
  /** The plain header {@code X-Webhook-Signature}: the body's HMAC-SHA256 in hex. */
  X_WEBHOOK_SIGNATURE("x-webhook-signature");

  private final String label;

  Scheme(String label) {
    this.label = label;
  }

  /** As the command line and the logs write it. */
  public String label() {
    return label;
  }
}

package agentpost.ingest;

/** The third parties whose scheme is known by name. */
public enum Provider {
  GITHUB("github"),
  STRIPE("stripe"),
  SLACK("slack"),
  SHOPIFY("shopify"),
  TWILIO("twilio");

  private final String label;

  Provider(String label) {
    this.label = label;
  }

  /** As the command line writes it. */
  public String label() {
    return label;
  }

  /** GitHub, Shopify and Twilio sign no time, so that freshness says nothing about them. */
  public SourceVerifier verifier(SourceSecrets secrets, TimestampPolicy freshness) {
    return switch (this) {
      case GITHUB -> new HmacVerifier(HmacFormat.GITHUB, secrets, freshness);
      case STRIPE -> new StripeVerifier(secrets, freshness);
      case SLACK -> new HmacVerifier(HmacFormat.SLACK, secrets, freshness);
      case SHOPIFY -> new HmacVerifier(HmacFormat.SHOPIFY, secrets, freshness);
      case TWILIO -> new TwilioVerifier(secrets);
    };
  }
}

package agentpost.ingest;

import java.util.List;

/** Stripe: see {@link StripeVerifier}. */
public record StripeProvider() implements Provider {
  @Override
  public String name() {
    return "stripe";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return new StripeVerifier(new SourceSecrets(secrets), freshness);
  }
}

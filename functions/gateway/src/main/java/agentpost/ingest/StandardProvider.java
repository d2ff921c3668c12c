package agentpost.ingest;

import agentpost.signing.KeySet;
import agentpost.signing.SigningKey;
import java.util.List;

/** As Standard Webhooks 1.0.0 has it. */
public record StandardProvider() implements Provider {
  @Override
  public String name() {
    return "standard";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return new StandardVerifier(
        new KeySet(secrets.stream().map(SigningKey::of).toList()), freshness);
  }
}

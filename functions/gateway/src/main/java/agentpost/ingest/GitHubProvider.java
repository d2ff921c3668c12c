package agentpost.ingest;

import agentpost.catalog.HmacFormat;
import java.util.List;

/** It signs no time, so that freshness says nothing about it. */
public record GitHubProvider() implements Provider {
  @Override
  public String name() {
    return "github";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return new HmacVerifier(HmacFormat.GITHUB, new SourceSecrets(secrets), freshness);
  }
}

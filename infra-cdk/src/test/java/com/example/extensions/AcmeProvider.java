package com.example.extensions;

import agentpost.ingest.Provider;
import agentpost.ingest.SourceVerification;
import agentpost.ingest.SourceVerifier;
import agentpost.ingest.TimestampPolicy;
import java.util.List;

public final class AcmeProvider implements Provider {
  @Override
  public String name() {
    return "acme";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return _ -> new SourceVerification.BadSignature();
  }
}

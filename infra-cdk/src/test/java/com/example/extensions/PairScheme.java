package com.example.extensions;

import agentpost.signing.SignatureScheme;
import agentpost.signing.SigningKey;
import agentpost.signing.WebhookSecret;
import java.security.SecureRandom;

/** A scheme with public keys. */
public final class PairScheme implements SignatureScheme {
  @Override
  public String name() {
    return "pair";
  }

  @Override
  public String version() {
    return "v1p";
  }

  @Override
  public boolean isKey(String text) {
    return text.startsWith("pair_");
  }

  @Override
  public SigningKey read(String text) {
    throw new IllegalArgumentException("A pair has no keys in this test");
  }

  @Override
  public SigningKey generate(SecureRandom random) {
    throw new IllegalStateException("A pair has no keys in this test");
  }

  @Override
  public boolean hasPublicKeys() {
    return true;
  }

  @Override
  public SigningKey derive(WebhookSecret shared) {
    throw new UnsupportedOperationException("Synthesis signs nothing");
  }
}

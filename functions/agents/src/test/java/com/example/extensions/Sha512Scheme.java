package com.example.extensions;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.signing.SignatureScheme;
import agentpost.signing.SigningKey;
import agentpost.signing.WebhookSecret;
import java.security.SecureRandom;
import java.util.HexFormat;

/** HMAC-SHA512 by a secret that both sides hold, {@code wh512_} and hex. */
public final class Sha512Scheme implements SignatureScheme {
  static final String PREFIX = "wh512_";

  @Override
  public String name() {
    return "hmac-sha512";
  }

  @Override
  public String version() {
    return Sha512Key.VERSION;
  }

  @Override
  public boolean isKey(String text) {
    return text.startsWith(PREFIX);
  }

  @Override
  public SigningKey read(String text) {
    return new Sha512Key(HexFormat.of().parseHex(text.substring(PREFIX.length())));
  }

  @Override
  public SigningKey generate(SecureRandom random) {
    byte[] bytes = new byte[64];
    random.nextBytes(bytes);
    return new Sha512Key(bytes);
  }

  @Override
  public boolean hasPublicKeys() {
    return false;
  }

  @Override
  public SigningKey derive(WebhookSecret shared) {
    return new Sha512Key(shared.secretText().getBytes(UTF_8));
  }
}

package agentpost.signing;

import java.security.SecureRandom;

/** HMAC-SHA256 by a secret that the receiver holds too. */
public final class HmacScheme implements SignatureScheme {
  static final String VERSION = "v1";

  @Override
  public String name() {
    return "hmac";
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public boolean isKey(String text) {
    return text.startsWith(WebhookSecret.PREFIX);
  }

  @Override
  public SigningKey read(String text) {
    return WebhookSecret.of(text);
  }

  @Override
  public SigningKey generate(SecureRandom random) {
    return WebhookSecret.generate(random);
  }

  @Override
  public boolean hasPublicKeys() {
    return false;
  }

  @Override
  public SigningKey derive(WebhookSecret shared) {
    return shared;
  }
}

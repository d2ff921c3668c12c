package agentpost.signing;

import java.security.SecureRandom;

/** Ed25519: the receiver holds the public key only. */
public final class Ed25519Scheme implements SignatureScheme {
  static final String VERSION = "v1a";

  @Override
  public String name() {
    return "ed25519";
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public boolean isKey(String text) {
    return Ed25519Key.isOne(text);
  }

  @Override
  public SigningKey read(String text) {
    return Ed25519Key.of(text);
  }

  @Override
  public SigningKey generate(SecureRandom random) {
    return Ed25519Key.generate(random);
  }

  @Override
  public boolean hasPublicKeys() {
    return true;
  }

  @Override
  public SigningKey derive(WebhookSecret shared) {
    return Ed25519Key.derive(shared);
  }
}

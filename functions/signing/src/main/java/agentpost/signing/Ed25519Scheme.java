package agentpost.signing;

import java.security.SecureRandom;
import java.util.stream.Stream;

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

  /**
   * A shared secret of an agent that is to have Ed25519 is both: its own pair until a rotation
   * makes one by itself, and what it was for who has not changed over yet.
   */
  @Override
  public Stream<SigningKey> keysOf(SigningKey stored) {
    return stored instanceof WebhookSecret shared
        ? Stream.of(Ed25519Key.derive(shared), shared)
        : Stream.of(stored);
  }
}

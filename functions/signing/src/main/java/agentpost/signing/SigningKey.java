package agentpost.signing;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * A key of one of the registered schemes, which signs and verifies webhooks. {@code toString} must
 * not show it.
 */
public abstract class SigningKey {
  /**
   * Reads a key by its prefix: {@code whsk_} and {@code whpk_} are Ed25519's, {@code whsec_} or
   * none is a shared secret's, and each registered scheme has its own. What is around a key, and
   * its version before it ({@code v1,whsec_…}), is no part of it.
   *
   * @throws IllegalArgumentException naming the shape that is wrong, never the text
   */
  public static SigningKey of(String text) {
    String key = SecretText.ofStandardKey(text);
    return SignatureScheme.all().stream()
        .filter(scheme -> scheme.isKey(key))
        .findFirst()
        .map(scheme -> scheme.read(key))
        .orElseGet(() -> WebhookSecret.of(key));
  }

  /** As {@link SignatureScheme#version}. */
  protected abstract String version();

  /**
   * How many signatures of its version one request may have: each is work, over all of the body.
   */
  protected int maxSignatures() {
    return Verifier.MAX_SIGNATURES;
  }

  /**
   * What a key adds to Standard Webhooks' {@code webhook-signature}: a part, or several with spaces
   * between them.
   *
   * @param before what is signed before the body
   */
  protected abstract String sign(byte[] before, byte[] body);

  /**
   * Whether a part of {@code webhook-signature} is this key's over these bytes; asked of any part,
   * of other schemes and malformed too.
   */
  protected abstract Predicate<String> matcher(byte[] before, byte[] body);

  /** Not a key that only verifies. */
  public boolean canSign() {
    return true;
  }

  /** The key's text, for the place that keeps it and no other. */
  public abstract String secretText();

  /** Nothing if both sides hold the key itself. */
  public Optional<PublicHalf> publicHalf() {
    return Optional.empty();
  }
}

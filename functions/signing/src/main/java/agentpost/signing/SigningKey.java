package agentpost.signing;

import java.util.function.Predicate;

/**
 * A key that webhooks are signed and verified with: a secret that both sides hold, or an Ed25519
 * key. It never shows itself.
 */
public abstract sealed class SigningKey permits WebhookSecret, Ed25519Key {

  /**
   * Reads a key by its prefix: {@code whsk_} and {@code whpk_} are Ed25519's, {@code whsec_} or
   * none is a shared secret's. What is around a key, and its version before it ({@code
   * v1,whsec_…}), is no part of it.
   *
   * @throws IllegalArgumentException naming the shape that is wrong, never the text
   */
  public static SigningKey of(String text) {
    String key = SecretText.ofStandardKey(text);
    return Ed25519Key.isOne(key) ? Ed25519Key.of(key) : WebhookSecret.of(key);
  }

  /**
   * What a key adds to Standard Webhooks' {@code webhook-signature}: a part, or several with spaces
   * between them.
   *
   * @param before what is signed before the body
   */
  abstract String sign(byte[] before, byte[] body);

  /**
   * Whether a part of {@code webhook-signature} is this key's over these bytes; asked of any part,
   * of other schemes and malformed too.
   */
  abstract Predicate<String> matcher(byte[] before, byte[] body);
}

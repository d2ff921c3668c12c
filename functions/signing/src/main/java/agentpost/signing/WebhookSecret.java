package agentpost.signing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Predicate;

/**
 * One signing secret. As text it is {@code whsec_} and base64 of 24 to 64 random bytes; a missing
 * prefix is accepted, as Standard Webhooks libraries do. It never shows itself.
 */
public final class WebhookSecret extends SigningKey {
  public static final String PREFIX = "whsec_";
  private static final String PART = HmacScheme.VERSION + ",";
  private static final int MIN_BYTES = 24;
  private static final int MAX_BYTES = 64;
  private final String text;
  private final byte[] key;

  private WebhookSecret(String text, byte[] key) {
    this.text = text;
    this.key = key;
  }

  /**
   * Reads a secret; white space around it and the {@code v1,} that some senders write before it are
   * no part of it.
   */
  public static WebhookSecret of(String text) {
    String stripped = SecretText.ofStandardKey(text);
    byte[] key;
    try {
      key =
          Base64.getDecoder()
              .decode(stripped.startsWith(PREFIX) ? stripped.substring(PREFIX.length()) : stripped);
    } catch (IllegalArgumentException e) {
      // The cause's message quotes the character that is wrong, so it is left out.
      throw new IllegalArgumentException(
          "A webhook secret is whsec_ and base64 of 24 to 64 bytes; this one of "
              + stripped.length()
              + " characters is not base64");
    }
    if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "A webhook secret is whsec_ and base64 of 24 to 64 bytes; this one has "
              + key.length
              + " bytes");
    }
    return new WebhookSecret(stripped, key);
  }

  /**
   * A secret that someone else made up for the plain scheme, whose key is the text, whatever it is,
   * without what is around it; it cannot sign by Standard Webhooks. Ours are none of these: {@link
   * #of} reads them.
   */
  public static WebhookSecret ofAnyText(String text) {
    String stripped = SecretText.strip(text);
    if (stripped.isEmpty()) {
      throw new IllegalArgumentException("A webhook secret must not be empty");
    }
    return new WebhookSecret(stripped, new byte[0]);
  }

  /** A new secret of 32 random bytes. */
  public static WebhookSecret generate(SecureRandom random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return new WebhookSecret(PREFIX + Base64.getEncoder().encodeToString(key), key);
  }

  /** The text as it was read. */
  @Override
  public String secretText() {
    return text;
  }

  @Override
  protected String version() {
    return HmacScheme.VERSION;
  }

  @Override
  protected String sign(byte[] before, byte[] body) {
    return PART + signature(before, body);
  }

  /** The signature is computed once and compared in constant time. */
  @Override
  protected Predicate<String> matcher(byte[] before, byte[] body) {
    byte[] expected = signature(before, body).getBytes(US_ASCII);
    return part ->
        part.startsWith(PART)
            && MessageDigest.isEqual(expected, part.substring(PART.length()).getBytes(US_ASCII));
  }

  /** Standard Webhooks signs with the decoded bytes. */
  private String signature(byte[] before, byte[] body) {
    if (key.length == 0) {
      throw new IllegalStateException("This secret is one for the plain scheme only");
    }
    return Base64.getEncoder().encodeToString(Hmac.sha256(key, before, body));
  }

  /** The plain scheme signs with the secret's text as it is. */
  byte[] plainKey() {
    return text.getBytes(UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WebhookSecret secret
        && Arrays.equals(key, secret.key)
        && text.equals(secret.text);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }

  @Override
  public String toString() {
    return "WebhookSecret(" + key.length + " bytes)";
  }
}

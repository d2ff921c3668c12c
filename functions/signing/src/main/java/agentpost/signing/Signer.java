package agentpost.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Signs one attempt with every live key, so that a receiver that has either the current or the
 * previous one can verify it.
 */
public final class Signer {
  private final KeySet secrets;

  public Signer(KeySet secrets) {
    this.secrets = secrets;
  }

  /**
   * Both schemes' headers over these bytes. The plain header has room for one signature only:
   * during a rotation the previous secret's, which the receiver has already; the current one it may
   * get at any time of the overlap. Ed25519 keys have no part in it: with these alone there is
   * none.
   */
  public SequencedMap<String, String> sign(String id, Instant sentAt, byte[] body) {
    SequencedMap<String, String> headers = standard(id, sentAt, body);
    if (!secrets.sharedSecrets().isEmpty()) {
      headers.putAll(signPlain(secrets.sharedSecrets().getLast(), body));
    }
    return headers;
  }

  /**
   * Standard Webhooks 1.0.0.
   *
   * @param id unique to the event, the same on every attempt; without a full stop at no loss, since
   *     the timestamp that follows has none
   * @throws IllegalArgumentException if the id cannot stand in a header
   */
  public SequencedMap<String, String> standard(String id, Instant sentAt, byte[] body) {
    if (id.isEmpty() || !id.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "webhook-id must be visible ASCII without spaces, got "
              + id.length()
              + " characters that are not");
    }
    String timestamp = Long.toString(sentAt.getEpochSecond());
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    byte[] before = signedPrefix(id, timestamp);
    headers.put(
        "webhook-signature",
        secrets.live().stream()
            .map(key -> key.sign(before, body))
            .collect(Collectors.joining(" ")));
    return headers;
  }

  /**
   * The plain scheme: {@code X-Webhook-Signature: sha256=<hex>}, by the current secret.
   *
   * @throws IllegalStateException if there are Ed25519 keys only
   */
  public SequencedMap<String, String> signPlain(byte[] body) {
    if (secrets.sharedSecrets().isEmpty()) {
      throw new IllegalStateException("The plain scheme needs a secret that both sides hold");
    }
    return signPlain(secrets.sharedSecrets().getFirst(), body);
  }

  private static SequencedMap<String, String> signPlain(WebhookSecret secret, byte[] body) {
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    headers.put(
        "X-Webhook-Signature", "sha256=" + HexFormat.of().formatHex(plainSignature(secret, body)));
    return headers;
  }

  /** What Standard Webhooks signs before the body. */
  static byte[] signedPrefix(String id, String timestamp) {
    return (id + '.' + timestamp + '.').getBytes(UTF_8);
  }

  static byte[] plainSignature(WebhookSecret secret, byte[] body) {
    return Hmac.sha256(secret.plainKey(), body);
  }
}

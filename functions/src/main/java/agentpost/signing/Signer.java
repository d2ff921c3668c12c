package agentpost.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** Signs one attempt with every live secret, so that a receiver that has either the current or the previous one can verify it. */
public final class Signer {
  private final Secrets secrets;

  public Signer(Secrets secrets) {
    this.secrets = secrets;
  }

  /** Both schemes' headers over these bytes. The plain header has room for one signature only: the current secret's. */
  public SequencedMap<String, String> sign(String id, Instant sentAt, byte[] body) {
    SequencedMap<String, String> headers = standard(id, sentAt, body);
    headers.putAll(plain(body));
    return headers;
  }

  /**
   * Standard Webhooks 1.0.0.
   *
   * @param id unique to the event, the same on every attempt; without a full stop at no loss, since the timestamp that follows has none
   * @throws IllegalArgumentException if the id cannot stand in a header
   */
  public SequencedMap<String, String> standard(String id, Instant sentAt, byte[] body) {
    if (id.isEmpty() || !id.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("webhook-id must be visible ASCII without spaces, got " + id.length() + " characters that are not");
    }
    String timestamp = Long.toString(sentAt.getEpochSecond());
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    headers.put(
        "webhook-signature",
        secrets.live().stream().map(secret -> "v1," + standardSignature(secret, id, timestamp, body)).collect(Collectors.joining(" ")));
    return headers;
  }

  /** The plain scheme: {@code X-Webhook-Signature: sha256=<hex>}, by the current secret. */
  public SequencedMap<String, String> plain(byte[] body) {
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Webhook-Signature", "sha256=" + HexFormat.of().formatHex(plainSignature(secrets.live().getFirst(), body)));
    return headers;
  }

  static String standardSignature(WebhookSecret secret, String id, String timestamp, byte[] body) {
    return Base64.getEncoder().encodeToString(Hmac.sha256(secret.standardKey(), (id + '.' + timestamp + '.').getBytes(UTF_8), body));
  }

  static byte[] plainSignature(WebhookSecret secret, byte[] body) {
    return Hmac.sha256(secret.plainKey(), body);
  }
}

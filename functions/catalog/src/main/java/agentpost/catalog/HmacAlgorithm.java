package agentpost.catalog;

/** What an ingest source's HMAC (RFC 2104) is made with. */
public enum HmacAlgorithm {
  /** Collisions of SHA-1 are no way to forge an HMAC with it (RFC 6194); Twilio has no other. */
  SHA1("HmacSHA1", 20),
  SHA256("HmacSHA256", 32),
  SHA512("HmacSHA512", 64);

  private final String macName;
  private final int bytes;

  HmacAlgorithm(String macName, int bytes) {
    this.macName = macName;
    this.bytes = bytes;
  }

  /** How long a signature is. */
  public int bytes() {
    return bytes;
  }

  /** As {@code javax.crypto.Mac} knows it. */
  public String macName() {
    return macName;
  }
}

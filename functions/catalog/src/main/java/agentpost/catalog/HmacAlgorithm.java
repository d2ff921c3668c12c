package agentpost.catalog;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC (RFC 2104) over parts, one after the other. */
public enum HmacAlgorithm {
  /** Collisions of SHA-1 are no way to forge an HMAC with it (RFC 6194); Twilio has no other. */
  SHA1("HmacSHA1", 20),
  SHA256("HmacSHA256", 32),
  SHA512("HmacSHA512", 64);

  private final String name;
  private final int bytes;

  HmacAlgorithm(String name, int bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /** How long a signature is. */
  public int bytes() {
    return bytes;
  }

  public byte[] of(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(key, name));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(
          "Every Java platform has " + name + " and takes a non-empty key", e);
    }
  }
}

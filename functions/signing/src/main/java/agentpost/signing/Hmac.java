package agentpost.signing;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC (RFC 2104, FIPS 180-4) over parts, one after the other. */
public final class Hmac {

  private Hmac() {}

  public static byte[] sha256(byte[] key, byte[]... parts) {
    return of("HmacSHA256", key, parts);
  }

  /**
   * @param algorithm as {@link Mac} knows it; HmacSHA1, HmacSHA256 and HmacSHA512 are everywhere
   */
  public static byte[] of(String algorithm, byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(
          "Every Java platform has " + algorithm + " and takes a non-empty key", e);
    }
  }
}

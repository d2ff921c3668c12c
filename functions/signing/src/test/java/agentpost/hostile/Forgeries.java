package agentpost.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a stranger sends to a receiver whose secret is none: signed with what the receiver's
 * language makes of it.
 */
public final class Forgeries {
  /**
   * Nothing, a prefix, no base64, and bytes that are too few or too many; a secret has 24 to 64.
   */
  public static final List<String> UNUSABLE =
      List.of(
          "",
          " ",
          "whsec_",
          "whsec_!!!!",
          "whsec_" + base64(8),
          base64(23),
          "whsec_" + base64(65),
          "whsec_" + "A".repeat(40) + "!");

  private Forgeries() {}

  private static String base64(int bytes) {
    return Base64.getEncoder().encodeToString("k".repeat(bytes).getBytes(UTF_8));
  }

  /**
   * The headers of two requests, one a scheme. The first is signed with each key that the text
   * might be read as: empty, the text itself, decoded with what is not base64 left out.
   */
  public static List<Map<String, String>> of(String secret, Instant now, byte[] body) {
    String bare = secret.strip().replaceFirst("^whsec_", "");
    String sent = Long.toString(now.getEpochSecond());
    String signatures =
        Stream.of(new byte[0], secret.getBytes(UTF_8), bare.getBytes(UTF_8), leftOver(bare))
            .map(
                key ->
                    "v1,"
                        + Base64.getEncoder()
                            .encodeToString(
                                mac(key, ("forged-1." + sent + ".").getBytes(UTF_8), body)))
            .collect(Collectors.joining(" "));
    return List.of(
        Map.of(
            "webhook-id", "forged-1", "webhook-timestamp", sent, "webhook-signature", signatures),
        Map.of(
            "X-Webhook-Signature",
            "sha256=" + HexFormat.of().formatHex(mac(secret.strip().getBytes(UTF_8), body))));
  }

  /** What lenient decoders decode: the letters of the alphabet, in whole groups. */
  private static byte[] leftOver(String text) {
    String letters = text.replaceAll("[^A-Za-z0-9+/]", "");
    return Base64.getDecoder().decode(letters.substring(0, letters.length() / 4 * 4));
  }

  private static byte[] mac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      // HMAC fills a key up with zeros (RFC 2104), so one zero is the empty key, which Java does
      // not take.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}

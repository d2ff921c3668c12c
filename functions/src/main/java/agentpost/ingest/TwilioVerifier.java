package agentpost.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import java.net.URLDecoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies {@code X-Twilio-Signature} (twilio.com/docs/usage/webhooks/webhooks-security): HMAC-SHA1, in base64, over the URL and every form
 * parameter, name and value, sorted by name; a name's several values sorted, each once. Of a body that is no form the URL has the SHA-256 as
 * {@code bodySHA256}, and the URL alone is signed.
 */
public record TwilioVerifier(SourceSecrets secrets) implements SourceVerifier {
  private static final String HEADER = "X-Twilio-Signature";
  private static final Pattern BODY_HASH = Pattern.compile("[?&]bodySHA256=([0-9a-fA-F]{64})(?=&|$)");

  @Override
  public SourceVerification verify(Received received) {
    HmacAlgorithm algorithm = HmacAlgorithm.SHA1;
    Optional<byte[]> signature = received.header(HEADER).flatMap(value -> SignatureEncoding.BASE64.read(value, algorithm.bytes()));
    if (signature.isEmpty()) {
      return new Malformed(HEADER + " must be there once, and be 20 bytes in base64");
    }
    Matcher hash = BODY_HASH.matcher(received.url());
    byte[] parameters;
    if (hash.find()) {
      if (!MessageDigest.isEqual(HexFormat.of().parseHex(hash.group(1)), sha256(received.body()))) {
        return new BadSignature();
      }
      parameters = new byte[0];
    } else {
      try {
        parameters = sorted(received.body());
      } catch (IllegalArgumentException _) {
        // The decoder's message quotes the body.
        return new Malformed("the body is no form: a percent sign must have two hex digits after it");
      }
    }
    return secrets.signed(algorithm, List.of(signature.get()), received.url().getBytes(UTF_8), parameters) ? new Accepted(Optional.empty()) : new BadSignature();
  }

  /** In ISO-8859-1 a character is a byte, so that none is lost on the way to the signature, whether or not it is UTF-8. */
  private static byte[] sorted(byte[] body) {
    Map<String, TreeSet<String>> byName = new TreeMap<>();
    for (String parameter : new String(body, ISO_8859_1).split("&")) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = equals < 0 ? "" : parameter.substring(equals + 1);
      byName.computeIfAbsent(URLDecoder.decode(name, ISO_8859_1), _ -> new TreeSet<>()).add(URLDecoder.decode(value, ISO_8859_1));
    }
    StringBuilder text = new StringBuilder();
    byName.forEach((name, values) -> values.forEach(value -> text.append(name).append(value)));
    return text.toString().getBytes(ISO_8859_1);
  }

  private static byte[] sha256(byte[] body) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}

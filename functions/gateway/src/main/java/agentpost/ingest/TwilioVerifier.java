package agentpost.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.SignatureEncoding;
import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Unsigned;
import agentpost.signing.Digest;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies {@code X-Twilio-Signature} (twilio.com/docs/usage/webhooks/webhooks-security):
 * HMAC-SHA1, in base64, over the URL and every form parameter, name and value, sorted by name; a
 * name's several values sorted, each once. Of a body that is no form the URL has the SHA-256 as
 * {@code bodySHA256}, and the URL alone is signed. Whether Twilio writes the port 443 into the URL
 * depends on its product, so that its own libraries try both.
 */
public record TwilioVerifier(SourceSecrets secrets) implements SourceVerifier {
  private static final String HEADER = "X-Twilio-Signature";
  private static final Pattern BODY_HASH =
      Pattern.compile("[?&]bodySHA256=([0-9a-fA-F]{64})(?=&|$)");
  private static final Pattern AUTHORITY =
      Pattern.compile("(https://[^/?:@]+)(:443)?((?:[/?].*)?)");

  /** One of the things that may have been signed. */
  private record Text(String url, byte[] parameters) {
    byte[] join() {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      text.writeBytes(url.getBytes(UTF_8));
      text.writeBytes(parameters);
      return text.toByteArray();
    }
  }

  /** Bounds come first: whoever sends this may be anyone. */
  @Override
  public SourceVerification verify(SignedRequest received) {
    if (!received.has(HEADER)) {
      return new Unsigned("there is no " + HEADER);
    }
    if (received.urls().isEmpty()) {
      return new Malformed(
          "the URL has more than "
              + SignedUrlCandidates.MAX_PARAMETERS
              + " parameters or "
              + SignedUrlCandidates.MAX_LENGTH
              + " characters");
    }
    if (Form.hasTooMany(received.body())
        && received.urls().stream().noneMatch(url -> BODY_HASH.matcher(url).find())) {
      return new Malformed("the form has more than " + Form.MAX_PARAMETERS + " parameters");
    }
    return switch (signatures(received)) {
      case SignatureList.Parsed.TooLarge(var why) -> new Malformed(HEADER + " " + why);
      case SignatureList.Parsed.Read(var signatures) when signatures.isEmpty() ->
          new Malformed(HEADER + " must be there once, and be 20 bytes in base64");
      case SignatureList.Parsed.Read(var signatures) -> verify(received, signatures);
    };
  }

  private SourceVerification verify(SignedRequest received, List<byte[]> signatures) {
    try {
      return texts(received).stream().anyMatch(text -> matchesAny(signatures, text))
          ? new Accepted(Optional.empty())
          : new BadSignature();
    } catch (IllegalArgumentException _) {
      // The decoder's message quotes the body.
      return new Malformed(
          "the body is not a form: a percent sign must have two hex digits after it");
    }
  }

  /**
   * The whole text that is signed: parameters in another order, or with the border between a name
   * and its value moved, make the same one.
   */
  @Override
  public byte[] signedContent(SignedRequest received) {
    if (!(signatures(received) instanceof SignatureList.Parsed.Read(var signatures))) {
      throw new IllegalStateException("Only what was accepted covers anything");
    }
    return texts(received).stream()
        .filter(text -> matchesAny(signatures, text))
        .findFirst()
        .orElseThrow()
        .join();
  }

  private static SignatureList.Parsed signatures(SignedRequest received) {
    return SignatureList.parse(
        received.header(HEADER).orElse(""), "", SignatureEncoding.BASE64, HmacAlgorithm.SHA1);
  }

  private boolean matchesAny(List<byte[]> signatures, Text text) {
    return secrets.matchesAny(
        HmacAlgorithm.SHA1, signatures, text.url().getBytes(UTF_8), text.parameters());
  }

  /** What may have been signed: a few, for each of the URLs that may have been called. */
  private static List<Text> texts(SignedRequest received) {
    List<Text> texts = new ArrayList<>();
    Optional<byte[]> form = Optional.empty();
    for (String url : received.urls()) {
      Matcher hash = BODY_HASH.matcher(url);
      if (!hash.find()) {
        byte[] parameters = form.orElseGet(() -> sortParameters(received.body()));
        form = Optional.of(parameters);
        withAndWithoutPort(url).forEach(spelling -> texts.add(new Text(spelling, parameters)));
      } else if (MessageDigest.isEqual(
          HexFormat.of().parseHex(hash.group(1)), Digest.sha256(received.body()))) {
        withAndWithoutPort(url).forEach(spelling -> texts.add(new Text(spelling, new byte[0])));
      }
    }
    return texts;
  }

  private static List<String> withAndWithoutPort(String url) {
    Matcher parts = AUTHORITY.matcher(url);
    return parts.matches()
        ? List.of(parts.group(1) + parts.group(3), parts.group(1) + ":443" + parts.group(3))
        : List.of(url);
  }

  /**
   * In ISO-8859-1 a character is a byte, so that none is lost on the way to the signature, whether
   * or not it is UTF-8.
   */
  private static byte[] sortParameters(byte[] body) {
    Map<String, TreeSet<String>> byName = new TreeMap<>();
    for (String parameter : new String(body, ISO_8859_1).split("&")) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = equals < 0 ? "" : parameter.substring(equals + 1);
      byName
          .computeIfAbsent(URLDecoder.decode(name, ISO_8859_1), _ -> new TreeSet<>())
          .add(URLDecoder.decode(value, ISO_8859_1));
    }
    StringBuilder text = new StringBuilder();
    byName.forEach((name, values) -> values.forEach(value -> text.append(name).append(value)));
    return text.toString().getBytes(ISO_8859_1);
  }
}

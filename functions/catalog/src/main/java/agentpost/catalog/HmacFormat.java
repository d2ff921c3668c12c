package agentpost.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;

/**
 * A scheme of the common kind: one header that holds an HMAC of the body, or several while a secret
 * is changed.
 *
 * @param header that holds the signature
 * @param prefix of each signature in it, perhaps empty
 * @param signed what the signature is over
 * @param timestampHeader a time that is signed with the body; without one a recorded request can be
 *     sent again, and only its delivery id tells
 * @param unit how that time is written
 */
public record HmacFormat(
    String header,
    String prefix,
    SignatureEncoding encoding,
    HmacAlgorithm algorithm,
    SignedText signed,
    Optional<String> timestampHeader,
    TimestampUnit unit) {
  /** docs.github.com, "Validating webhook deliveries". */
  public static final HmacFormat GITHUB =
      new HmacFormat(
          "X-Hub-Signature-256",
          "sha256=",
          SignatureEncoding.HEX,
          HmacAlgorithm.SHA256,
          SignedText.of("{body}"),
          Optional.empty());

  /** docs.slack.dev, "Verifying requests from Slack". */
  public static final HmacFormat SLACK =
      new HmacFormat(
          "X-Slack-Signature",
          "v0=",
          SignatureEncoding.HEX,
          HmacAlgorithm.SHA256,
          SignedText.of("v0:{timestamp}:{body}"),
          Optional.of("X-Slack-Request-Timestamp"));

  /** shopify.dev, "Verify the origin of a webhook". */
  public static final HmacFormat SHOPIFY =
      new HmacFormat(
          "X-Shopify-Hmac-Sha256",
          "",
          SignatureEncoding.BASE64,
          HmacAlgorithm.SHA256,
          SignedText.of("{body}"),
          Optional.empty());

  /** Whose time, if there is one, is in seconds. */
  public HmacFormat(
      String header,
      String prefix,
      SignatureEncoding encoding,
      HmacAlgorithm algorithm,
      SignedText signed,
      Optional<String> timestampHeader) {
    this(header, prefix, encoding, algorithm, signed, timestampHeader, TimestampUnit.SECONDS);
  }

  public HmacFormat {
    if (header.isBlank() || timestampHeader.filter(String::isBlank).isPresent()) {
      throw new IllegalArgumentException(
          "A signature's header and its timestamp's must each have a name");
    }
    if (timestampHeader.isPresent() != signed.hasTimestamp()) {
      // An unsigned timestamp can be set to now by whoever recorded the request.
      throw new IllegalArgumentException(
          "There must be a timestamp header exactly if what is signed has {timestamp} in it");
    }
    if (timestampHeader.isEmpty() && unit != TimestampUnit.SECONDS) {
      throw new IllegalArgumentException("There is no timestamp that could have a unit");
    }
  }

  /** As the catalog describes it. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("header", header);
    if (!prefix.isEmpty()) {
      json.put("prefix", prefix);
    }
    json.put("encoding", encoding.name().toLowerCase(Locale.ROOT))
        .put("algorithm", algorithm.name().toLowerCase(Locale.ROOT))
        .put("signed", signed.template());
    timestampHeader.ifPresent(name -> json.put("timestampHeader", name));
    if (unit != TimestampUnit.SECONDS) {
      json.put("unit", unit.name().toLowerCase(Locale.ROOT));
    }
    return json;
  }
}

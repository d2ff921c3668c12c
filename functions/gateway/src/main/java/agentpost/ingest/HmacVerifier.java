package agentpost.ingest;

import agentpost.catalog.HmacFormat;
import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Unsigned;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Verifies one HMAC in one header: GitHub's, Slack's, Shopify's, or one that is described in the
 * catalog.
 */
public record HmacVerifier(HmacFormat format, SourceSecrets secrets, TimestampPolicy freshness)
    implements SourceVerifier {
  @Override
  public SourceVerification verify(SignedRequest received) {
    if (!received.has(format.header())) {
      return new Unsigned("there is no " + format.header());
    }
    Optional<String> time = format.timestampHeader().filter(name -> !received.has(name));
    if (time.isPresent()) {
      return new Unsigned("there is no " + time.get() + ", which " + format.header() + " signs");
    }
    return switch (SignatureList.parse(
        received.header(format.header()).orElse(""),
        format.prefix(),
        format.encoding(),
        format.algorithm())) {
      case SignatureList.Parsed.TooLarge(var why) -> new Malformed(format.header() + " " + why);
      case SignatureList.Parsed.Read(var signatures) when signatures.isEmpty() ->
          new Malformed(format.header() + " must be there once, and be " + shape());
      case SignatureList.Parsed.Read(var signatures) -> verify(received, signatures);
    };
  }

  private SourceVerification verify(SignedRequest received, List<byte[]> signatures) {
    String timestamp = "";
    if (format.timestampHeader().isPresent()) {
      String name = format.timestampHeader().get();
      timestamp = received.header(name).orElse("");
      Optional<SourceVerification> objection = freshness.objection(name, timestamp, format.unit());
      if (objection.isPresent()) {
        return objection.get();
      }
    }
    return secrets.matchesAny(
            format.algorithm(), signatures, format.signed().parts(timestamp, received.body()))
        ? new Accepted(Optional.empty())
        : new BadSignature();
  }

  private String shape() {
    return (format.prefix().isEmpty() ? "" : format.prefix() + " and ")
        + format.algorithm().bytes()
        + " bytes in "
        + format.encoding().name().toLowerCase(Locale.ROOT);
  }
}

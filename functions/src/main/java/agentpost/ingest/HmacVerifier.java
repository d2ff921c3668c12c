package agentpost.ingest;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Verifies one HMAC in one header: GitHub's, Slack's, Shopify's, or one that is described in the catalog. */
public record HmacVerifier(HmacFormat format, SourceSecrets secrets, Freshness freshness) implements SourceVerifier {
  @Override
  public SourceVerification verify(Received received) {
    Optional<byte[]> signature = received.header(format.header()).filter(value -> value.startsWith(format.prefix())).flatMap(this::read);
    if (signature.isEmpty()) {
      return new Malformed(format.header() + " must be there once, and be " + shape());
    }
    String timestamp = "";
    if (format.timestampHeader().isPresent()) {
      String name = format.timestampHeader().get();
      timestamp = received.header(name).orElse("");
      Optional<SourceVerification> objection = freshness.objection(name, timestamp);
      if (objection.isPresent()) {
        return objection.get();
      }
    }
    return secrets.signed(format.algorithm(), List.of(signature.get()), format.signed().parts(timestamp, received.body()))
        ? new Accepted(Optional.empty())
        : new BadSignature();
  }

  private Optional<byte[]> read(String value) {
    return format.encoding().read(value.substring(format.prefix().length()), format.algorithm().bytes());
  }

  private String shape() {
    return (format.prefix().isEmpty() ? "" : format.prefix() + " and ") + format.algorithm().bytes() + " bytes in " + format.encoding().name().toLowerCase(Locale.ROOT);
  }
}

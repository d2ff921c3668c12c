package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.SignatureEncoding;
import agentpost.catalog.TimestampUnit;
import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Unsigned;
import agentpost.signing.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies {@code Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>…]} over {@code t.body}
 * (docs.stripe.com/webhooks/signature). While a secret is rolled there is a v1 for each; other
 * schemes, such as the v0 of test events, do not count.
 */
public record StripeVerifier(SourceSecrets secrets, TimestampPolicy freshness)
    implements SourceVerifier {
  private static final String HEADER = "Stripe-Signature";

  @Override
  public SourceVerification verify(SignedRequest received) {
    if (!received.has(HEADER)) {
      return new Unsigned("there is no " + HEADER);
    }
    String[] elements = received.header(HEADER).orElse("").split(",", Verifier.MAX_SIGNATURES + 1);
    if (elements.length > Verifier.MAX_SIGNATURES) {
      return new Malformed(HEADER + " has more than " + Verifier.MAX_SIGNATURES + " elements");
    }
    List<String> timestamps = new ArrayList<>();
    List<byte[]> signatures = new ArrayList<>();
    for (String element : elements) {
      String stripped = element.strip();
      if (stripped.startsWith("t=")) {
        timestamps.add(stripped.substring(2));
      } else if (stripped.startsWith("v1=")) {
        SignatureEncoding.HEX
            .read(stripped.substring(3), HmacAlgorithm.SHA256.bytes())
            .ifPresent(signatures::add);
      }
    }
    if (timestamps.size() != 1 || signatures.isEmpty()) {
      return new Malformed(
          HEADER + " must be there once, with t= once and v1= and 32 bytes in hex");
    }
    Optional<SourceVerification> objection =
        freshness.objection("the t of " + HEADER, timestamps.getFirst(), TimestampUnit.SECONDS);
    if (objection.isPresent()) {
      return objection.get();
    }
    return secrets.matchesAny(
            HmacAlgorithm.SHA256,
            signatures,
            (timestamps.getFirst() + '.').getBytes(UTF_8),
            received.body())
        ? new Accepted(Optional.empty())
        : new BadSignature();
  }
}

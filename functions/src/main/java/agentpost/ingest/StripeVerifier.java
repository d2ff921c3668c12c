package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies {@code Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>…]} over {@code t.body} (docs.stripe.com/webhooks/signature). While a secret is
 * rolled there is a v1 for each; other schemes, such as the v0 of test events, do not count.
 */
public record StripeVerifier(SourceSecrets secrets, Freshness freshness) implements SourceVerifier {
  private static final String HEADER = "Stripe-Signature";

  /** More than Stripe has secrets for; bounds the work a forged header can ask for. */
  private static final int MOST_ELEMENTS = 32;

  @Override
  public SourceVerification verify(Received received) {
    String[] elements = received.header(HEADER).orElse("").split(",", MOST_ELEMENTS + 1);
    if (elements.length > MOST_ELEMENTS) {
      return new Malformed(HEADER + " has more than " + MOST_ELEMENTS + " elements");
    }
    List<String> timestamps = new ArrayList<>();
    List<byte[]> signatures = new ArrayList<>();
    for (String element : elements) {
      String stripped = element.strip();
      if (stripped.startsWith("t=")) {
        timestamps.add(stripped.substring(2));
      } else if (stripped.startsWith("v1=")) {
        SignatureEncoding.HEX.read(stripped.substring(3), HmacAlgorithm.SHA256.bytes()).ifPresent(signatures::add);
      }
    }
    if (timestamps.size() != 1 || signatures.isEmpty()) {
      return new Malformed(HEADER + " must be there once, with t= once and v1= and 32 bytes in hex");
    }
    Optional<SourceVerification> objection = freshness.objection("the t of " + HEADER, timestamps.getFirst());
    if (objection.isPresent()) {
      return objection.get();
    }
    return secrets.signed(HmacAlgorithm.SHA256, signatures, (timestamps.getFirst() + '.').getBytes(UTF_8), received.body())
        ? new Accepted(Optional.empty())
        : new BadSignature();
  }
}

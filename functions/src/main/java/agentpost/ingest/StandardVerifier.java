package agentpost.ingest;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Stale;
import agentpost.signing.Scheme;
import agentpost.signing.Secrets;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Standard Webhooks from a third party. Our own plain header does not count: a source has one scheme, and nothing to fall back to. */
public final class StandardVerifier implements SourceVerifier {
  private final Verifier verifier;

  public StandardVerifier(Secrets secrets, Freshness freshness) {
    this.verifier = new Verifier(secrets, freshness.clock(), freshness.tolerance());
  }

  @Override
  public SourceVerification verify(Received received) {
    Map<String, List<String>> standard =
        received.headers().entrySet().stream()
            .filter(header -> header.getKey().toLowerCase(Locale.ROOT).startsWith("webhook-"))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    return switch (verifier.verify(standard, received.body())) {
      case Verification.Accepted(Scheme _, var id) -> new Accepted(id);
      case Verification.BadSignature _ -> new BadSignature();
      case Verification.Stale(var sentAt, var tolerance) -> new Stale(sentAt, tolerance);
      case Verification.Malformed(var why) -> new Malformed(why);
    };
  }
}

package agentpost.ingest;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Stale;
import agentpost.ingest.SourceVerification.Unsigned;
import agentpost.signing.KeySet;
import agentpost.signing.Scheme;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Standard Webhooks from a third party, under its own names or, of what Svix sends for its
 * customers, under {@code svix-id}, {@code svix-timestamp} and {@code svix-signature}
 * (docs.svix.com/receiving/verifying-payloads/how-manual). If any of the first is there, those
 * alone decide: the two are never mixed. Our own plain header does not count: a source has one
 * scheme, and nothing to fall back to.
 */
public final class StandardVerifier implements SourceVerifier {
  private static final List<String> NAMES = List.of("id", "timestamp", "signature");
  private final Verifier verifier;

  public StandardVerifier(KeySet secrets, TimestampPolicy freshness) {
    this.verifier = new Verifier(secrets, freshness.clock(), freshness.tolerance());
  }

  @Override
  public SourceVerification verify(SignedRequest received) {
    Map<String, List<String>> standard = headers(received);
    if (!standard.containsKey("webhook-signature")) {
      return new Unsigned("there is no webhook-signature or svix-signature");
    }
    return switch (verifier.verify(standard, received.body())) {
      case Verification.Accepted(Scheme _, var id) -> new Accepted(id);
      case Verification.BadSignature _ -> new BadSignature();
      case Verification.Stale(var sentAt, var tolerance) -> new Stale(sentAt, tolerance);
      case Verification.Unsigned(var why) -> new Unsigned(why);
      case Verification.Malformed(var why) -> new Malformed(why);
    };
  }

  /** The headers that decide, under Standard Webhooks' own names. */
  public static Map<String, List<String>> headers(SignedRequest received) {
    String prefix =
        NAMES.stream().anyMatch(name -> received.has("webhook-" + name)) ? "webhook-" : "svix-";
    return NAMES.stream()
        .filter(name -> received.has(prefix + name))
        .collect(
            Collectors.toMap(
                name -> "webhook-" + name, name -> received.headers().get(prefix + name)));
  }
}

package agentpost.ingest;

import agentpost.signing.KeySet;
import agentpost.signing.SigningKey;
import java.util.List;

/** How a source signs. */
public sealed interface SourceScheme {
  /** As one of the third parties that are known by name. */
  record Known(Provider provider) implements SourceScheme {}

  /** As Standard Webhooks 1.0.0 has it. */
  record Standard() implements SourceScheme {}

  /** As the catalog describes it. */
  record Described(HmacFormat format) implements SourceScheme {}

  /**
   * @throws IllegalArgumentException if a secret does not fit the scheme; its message says by what
   *     shape
   */
  default SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return switch (this) {
      case Known(var provider) -> provider.verifier(new SourceSecrets(secrets), freshness);
      case Standard() ->
          new StandardVerifier(
              new KeySet(secrets.stream().map(SigningKey::of).toList()), freshness);
      case Described(var format) -> new HmacVerifier(format, new SourceSecrets(secrets), freshness);
    };
  }
}

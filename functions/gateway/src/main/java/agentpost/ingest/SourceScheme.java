package agentpost.ingest;

import agentpost.catalog.HmacFormat;
import java.util.List;

/** How a source signs. */
public sealed interface SourceScheme {
  /** As a third party that is known by name. */
  record Known(Provider provider) implements SourceScheme {}

  /** As the catalog describes it. */
  record Described(HmacFormat format) implements SourceScheme {}

  /**
   * @throws IllegalArgumentException if a secret does not fit the scheme; its message says by what
   *     shape
   */
  default SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return switch (this) {
      case Known(var provider) -> provider.verifier(secrets, freshness);
      case Described(var format) -> new HmacVerifier(format, new SourceSecrets(secrets), freshness);
    };
  }
}

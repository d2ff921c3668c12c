package agentpost.cli;

import agentpost.ingest.Provider;
import agentpost.signing.Scheme;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code verify} can hold a request against: the two schemes that agentpost signs with, and
 * those of third parties.
 */
sealed interface VerifyScheme {
  String label();

  record Ours(Scheme scheme) implements VerifyScheme {
    @Override
    public String label() {
      return scheme.label();
    }
  }

  record Theirs(Provider provider) implements VerifyScheme {
    @Override
    public String label() {
      return provider.label();
    }
  }

  static List<VerifyScheme> values() {
    return Stream.<VerifyScheme>concat(
            Stream.of(Scheme.values()).map(Ours::new),
            Stream.of(Provider.values()).map(Theirs::new))
        .toList();
  }
}

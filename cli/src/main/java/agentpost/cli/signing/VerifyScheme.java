package agentpost.cli.signing;

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
      return provider.name();
    }
  }

  static List<VerifyScheme> values() {
    return Stream.<VerifyScheme>concat(
            Stream.of(Scheme.values()).map(Ours::new),
            Provider.ALL.names().stream()
                .filter(name -> !name.equals(Scheme.STANDARD.label()))
                .map(name -> new Theirs(Provider.ALL.named(name))))
        .toList();
  }
}

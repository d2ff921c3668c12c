package agentpost.ingest;

import agentpost.secrets.SecretStore;
import agentpost.secrets.StoredSecret;

/** A source's verifier, by the secret that Secrets Manager has now: see {@link StoredSecret}. */
final class SourceKeys {
  /** What came of asking. */
  sealed interface Lookup {
    record Found(SourceVerifier verifier) implements Lookup {}

    /** There is none, or none that fits the scheme: nobody gets in until that is mended. */
    record Unusable(String why) implements Lookup {}

    record Unavailable(String why) implements Lookup {}
  }

  private final SecretStore store;

  SourceKeys(SecretStore store) {
    this.store = store;
  }

  Lookup of(Source source, Freshness freshness) {
    return lookup(source, freshness, store.text(source.secretId()));
  }

  /** What Secrets Manager has now, for a signature that fits nothing; however many of these come, it is asked seldom. */
  Lookup latest(Source source, Freshness freshness) {
    return lookup(source, freshness, store.latest(source.secretId()));
  }

  private Lookup lookup(Source source, Freshness freshness, SecretStore.Lookup text) {
    return switch (text) {
      case SecretStore.Lookup.Missing(var id) -> new Lookup.Unusable("secret " + id + " does not exist or has no text");
      case SecretStore.Lookup.Unavailable(var id, var why) -> new Lookup.Unavailable("secret " + id + " cannot be read now: " + why);
      case SecretStore.Lookup.Found(var found) -> {
        try {
          yield new Lookup.Found(source.scheme().verifier(StoredSecret.read(found).live(store.now()), freshness));
        } catch (IllegalArgumentException e) {
          yield new Lookup.Unusable("secret " + source.secretId() + ": " + e.getMessage());
        }
      }
    };
  }
}

package agentpost.ingest;

import agentpost.secrets.SecretStore;
import agentpost.secrets.StoredSecret;
import java.util.Optional;
import java.util.regex.Pattern;

/** A source's verifier, by the secret that Secrets Manager has now: see {@link StoredSecret}. */
final class SourceVerifiers {
  /** What came of asking. */
  sealed interface Lookup {
    /**
     * @param notice for the log when a signature fits no secret: why that may be so
     */
    record Found(SourceVerifier verifier, Optional<String> notice) implements Lookup {}

    /** There is none, or none that fits the scheme: nobody gets in until that is mended. */
    record Unusable(String why) implements Lookup {}

    record Unavailable(String why) implements Lookup {}
  }

  private static final Pattern GENERATED =
      Pattern.compile("\\{ ?\"current\" ?: ?\"[A-Za-z0-9]{64}\" ?}");

  private final SecretStore store;

  SourceVerifiers(SecretStore store) {
    this.store = store;
  }

  /**
   * As Secrets Manager writes what a deployment has it generate. People put a third party's secret
   * as it is, and not as this.
   */
  private static boolean isGenerated(String text) {
    return GENERATED.matcher(text).matches();
  }

  private static String explainMissing(Source source) {
    return "nobody has put the secret of "
        + source.name()
        + " since its deployment: aws secretsmanager put-secret-value --secret-id "
        + source.secretId()
        + " --secret-string …";
  }

  Lookup of(Source source, TimestampPolicy freshness) {
    Lookup known = lookup(source, freshness, store.text(source.secretId()));
    // Someone may be mending it: it is not waited for as long as for one that works.
    return known instanceof Lookup.Unusable ? fetchLatest(source, freshness) : known;
  }

  /**
   * What Secrets Manager has now, for a signature that fits nothing; however many of these come, it
   * is asked seldom.
   */
  Lookup fetchLatest(Source source, TimestampPolicy freshness) {
    return lookup(source, freshness, store.fetchLatest(source.secretId()));
  }

  private Lookup lookup(Source source, TimestampPolicy freshness, SecretStore.Lookup text) {
    return switch (text) {
      case SecretStore.Lookup.Missing(var id) ->
          new Lookup.Unusable("secret " + id + " does not exist or has no text");
      case SecretStore.Lookup.Unavailable(var id, var why) ->
          new Lookup.Unavailable("secret " + id + " cannot be read now: " + why);
      case SecretStore.Lookup.Found(var found) -> {
        try {
          Optional<String> notice =
              isGenerated(found) ? Optional.of(explainMissing(source)) : Optional.empty();
          yield new Lookup.Found(
              source.scheme().verifier(StoredSecret.read(found).live(store.now()), freshness),
              notice);
        } catch (IllegalArgumentException e) {
          yield new Lookup.Unusable("secret " + source.secretId() + ": " + e.getMessage());
        }
      }
    };
  }
}

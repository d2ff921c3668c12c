package agentpost.secrets;

import agentpost.signing.KeySet;
import agentpost.signing.SignatureScheme;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** An agent's or processor's live keys, from its secret's text. */
public final class WebhookKeyStore {

  /** What came of asking for an agent's secrets. */
  public sealed interface Lookup {
    record Found(KeySet secrets) implements Lookup {}

    /** It is missing or is not a webhook secret: someone has to mend it. */
    record Unusable(String why) implements Lookup {}

    /** It cannot be read now. */
    record Unavailable(String why) implements Lookup {}
  }

  private final SecretStore store;
  private final SignatureScheme scheme;

  public WebhookKeyStore(SecretStore store) {
    this(store, SignatureSchemes.DEFAULT);
  }

  /**
   * @param scheme what the agents' deliveries are to be signed with
   */
  public WebhookKeyStore(SecretStore store, SignatureScheme scheme) {
    this.store = store;
    this.scheme = scheme;
  }

  public Lookup of(String secretId) {
    return of(secretId, scheme);
  }

  public Lookup of(String secretId, SignatureScheme scheme) {
    Lookup known = lookup(secretId, scheme, store.text(secretId));
    // Someone may be mending it: it is not waited for as long as for one that works.
    return known instanceof Lookup.Unusable
        ? lookup(secretId, scheme, store.fetchLatest(secretId))
        : known;
  }

  /**
   * Verifies something with the live keys; what fits none of them once more with what Secrets
   * Manager has now, if that is something else: the keys may have changed a moment ago.
   *
   * @param first with which nothing fitted
   */
  public Verification verifyAgain(
      String secretId, KeySet first, Verification refused, Function<KeySet, Verification> verify) {
    return refused instanceof Verification.BadSignature
            && lookup(secretId, scheme, store.fetchLatest(secretId))
                instanceof Lookup.Found(var now)
            && !now.equals(first)
        ? verify.apply(now)
        : refused;
  }

  private Lookup lookup(String secretId, SignatureScheme scheme, SecretStore.Lookup text) {
    return switch (text) {
      case SecretStore.Lookup.Found(var found) -> {
        try {
          yield new Lookup.Found(secrets(StoredSecret.read(found).live(store.now()), scheme));
        } catch (IllegalArgumentException e) {
          yield new Lookup.Unusable("secret " + secretId + ": " + e.getMessage());
        }
      }
      case SecretStore.Lookup.Missing _ ->
          new Lookup.Unusable(
              "secret "
                  + secretId
                  + " does not exist or has no text; store whsec_ and base64 of 24 to 64 random"
                  + " bytes there");
      case SecretStore.Lookup.Unavailable(_, var why) ->
          new Lookup.Unavailable("secret " + secretId + " cannot be read now: " + why);
    };
  }

  /**
   * The secrets, or an exception at init that says which is missing: a function without its secret
   * must not start.
   */
  public KeySet require(String secretId) {
    return switch (of(secretId)) {
      case Lookup.Found(var secrets) -> secrets;
      case Lookup.Unusable(var why) -> throw new IllegalStateException(why);
      case Lookup.Unavailable(var why) -> throw new IllegalStateException(why);
    };
  }

  /**
   * Reads a secret's text, the previous one with it, for agents that share their secret.
   *
   * @throws IllegalArgumentException naming the shape that is wrong, never the text
   */
  public static KeySet parse(String text) {
    return secrets(StoredSecret.read(text).live(Instant.MIN), SignatureSchemes.DEFAULT);
  }

  static KeySet secrets(List<String> live, SignatureScheme scheme) {
    return new KeySet(live.stream().flatMap(text -> keys(text, scheme)).toList());
  }

  /** What an agent of the scheme signs with and accepts while this is its secret. */
  public static Stream<SigningKey> keys(String text, SignatureScheme scheme) {
    SigningKey stored = SigningKey.of(text);
    if (!stored.canSign()) {
      throw new IllegalArgumentException("The secret is a public key, whpk_; what signs is whsk_");
    }
    return scheme.keysOf(stored);
  }
}

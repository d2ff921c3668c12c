package agentpost.secrets;

import agentpost.catalog.KeyType;
import agentpost.signing.Ed25519Key;
import agentpost.signing.KeySet;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import agentpost.signing.WebhookSecret;
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
  private final KeyType type;

  public WebhookKeyStore(SecretStore store) {
    this(store, KeyType.HMAC);
  }

  /**
   * @param type what the agents' deliveries are to be signed with
   */
  public WebhookKeyStore(SecretStore store, KeyType type) {
    this.store = store;
    this.type = type;
  }

  public Lookup of(String secretId) {
    return of(secretId, type);
  }

  public Lookup of(String secretId, KeyType type) {
    Lookup known = lookup(secretId, type, store.text(secretId));
    // Someone may be mending it: it is not waited for as long as for one that works.
    return known instanceof Lookup.Unusable
        ? lookup(secretId, type, store.fetchLatest(secretId))
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
            && lookup(secretId, type, store.fetchLatest(secretId)) instanceof Lookup.Found(var now)
            && !now.equals(first)
        ? verify.apply(now)
        : refused;
  }

  private Lookup lookup(String secretId, KeyType type, SecretStore.Lookup text) {
    return switch (text) {
      case SecretStore.Lookup.Found(var found) -> {
        try {
          yield new Lookup.Found(secrets(StoredSecret.read(found).live(store.now()), type));
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
    return secrets(StoredSecret.read(text).live(Instant.MIN), KeyType.HMAC);
  }

  static KeySet secrets(List<String> live, KeyType type) {
    return new KeySet(live.stream().flatMap(text -> keys(text, type)).toList());
  }

  /**
   * A shared secret of an agent that is to have Ed25519 is both: its own pair until a rotation
   * makes one by itself, and what it was for who has not changed over yet.
   */
  public static Stream<SigningKey> keys(String text, KeyType type) {
    return switch (SigningKey.of(text)) {
      case Ed25519Key pair -> Stream.of(signing(pair));
      case WebhookSecret shared ->
          type == KeyType.ED25519
              ? Stream.of(Ed25519Key.derive(shared), shared)
              : Stream.of(shared);
    };
  }

  private static Ed25519Key signing(Ed25519Key key) {
    if (!key.canSign()) {
      throw new IllegalArgumentException("The secret is a public key, whpk_; what signs is whsk_");
    }
    return key;
  }
}

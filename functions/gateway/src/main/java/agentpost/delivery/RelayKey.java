package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.secrets.SecretStore;
import agentpost.secrets.StoredSecret;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * The key that EventBridge's connection shows to the relay. During a rotation's overlap the
 * previous one opens too, so that it does not matter when EventBridge begins to show the new one.
 */
final class RelayKey {
  /** What came of holding a key against the secret. */
  sealed interface Check {
    record Opens() implements Check {}

    /** Whoever shows no key is not EventBridge. */
    record Absent() implements Check {}

    /**
     * The connection's key and the secret differ, which somebody mends: EventBridge is to come
     * again.
     */
    record NotNow(String why) implements Check {}
  }

  private sealed interface Keys {
    record Usable(List<byte[]> live) implements Keys {}

    record Unusable(String why) implements Keys {}
  }

  private final SecretStore store;
  private final String secretId;

  /**
   * @throws IllegalStateException if the secret has no key: a relay that nobody could open must not
   *     start
   */
  RelayKey(SecretStore store, String secretId) {
    this.store = store;
    this.secretId = secretId;
    if (keys(store.text(secretId)) instanceof Keys.Unusable(var why)) {
      throw new IllegalStateException(why);
    }
  }

  /**
   * A key that does not fit is held against the secret as it is now: a rotation may have changed
   * it. Strangers make no more calls by it (SecretStore).
   */
  Check check(Optional<String> shown) {
    byte[] given = shown.orElse("").getBytes(UTF_8);
    if (given.length == 0) {
      return new Check.Absent();
    }
    if (opens(keys(store.text(secretId)), given)) {
      return new Check.Opens();
    }
    Keys now = keys(store.fetchLatest(secretId));
    if (opens(now, given)) {
      return new Check.Opens();
    }
    return new Check.NotNow(
        now instanceof Keys.Unusable(var why)
            ? why
            : "the key is neither the current nor the previous one of secret " + secretId);
  }

  /** Every key is compared, each in constant time. */
  private static boolean opens(Keys keys, byte[] given) {
    boolean fits = false;
    if (keys instanceof Keys.Usable(var live)) {
      for (byte[] key : live) {
        fits |= MessageDigest.isEqual(key, given);
      }
    }
    return fits;
  }

  private Keys keys(SecretStore.Lookup secret) {
    return switch (secret) {
      case SecretStore.Lookup.Found(var text) -> {
        try {
          yield new Keys.Usable(
              StoredSecret.read(text).live(store.now()).stream()
                  .map(key -> key.getBytes(UTF_8))
                  .toList());
        } catch (IllegalArgumentException e) {
          yield new Keys.Unusable("secret " + secretId + ": " + e.getMessage());
        }
      }
      case SecretStore.Lookup.Missing _ ->
          new Keys.Unusable("secret " + secretId + " does not exist or has no text; deploy again");
      case SecretStore.Lookup.Unavailable(_, var why) ->
          new Keys.Unusable("secret " + secretId + " cannot be read now: " + why);
    };
  }
}

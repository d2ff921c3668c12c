package agentpost.signing;

import java.security.SecureRandom;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * A way to sign by Standard Webhooks: the form of its keys, and how to make one. A jar adds one by
 * registering it in {@code META-INF/services/agentpost.signing.SignatureScheme}. Its constructor
 * should do no work, because each start of a function creates every registered scheme.
 */
public interface SignatureScheme {
  /** As the catalog's {@code signature} has it. */
  String name();

  /** What stands before a signature in {@code webhook-signature}, and a comma after it. */
  String version();

  /** Whether a text is one of its keys, by what it begins with. */
  boolean isKey(String text);

  /**
   * @throws IllegalArgumentException naming the shape that is wrong, never the text
   */
  SigningKey read(String text);

  SigningKey generate(SecureRandom random);

  /** Whether receivers verify with a key that anyone may have. */
  boolean hasPublicKeys();

  /**
   * Its key for a shared secret: a deployment generates each agent's as 64 letters and digits,
   * whatever its scheme, and a rotation makes one of the scheme's own. The same secret gives the
   * same key, always and everywhere; a receiver that has the secret derives it too.
   */
  SigningKey derive(WebhookSecret shared);

  /**
   * What an agent of this scheme signs with, and accepts, while this key is in its secret: a shared
   * secret counts as what it was, too, for who has not changed over yet.
   */
  default Stream<SigningKey> keysOf(SigningKey stored) {
    return stored instanceof WebhookSecret shared
        ? Stream.of(derive(shared), shared).distinct()
        : Stream.of(stored);
  }

  /** All that are registered. */
  static List<SignatureScheme> all() {
    return Registered.ALL;
  }

  /** Found once, when the first key is read. */
  final class Registered {
    private static final List<SignatureScheme> ALL =
        ServiceLoader.load(SignatureScheme.class, SignatureScheme.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private Registered() {}
  }
}

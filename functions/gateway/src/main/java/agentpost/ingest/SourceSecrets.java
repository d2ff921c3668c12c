package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.HmacAlgorithm;
import agentpost.signing.Hmac;
import agentpost.signing.SecretText;
import java.security.MessageDigest;
import java.util.List;

/**
 * The live secrets of one source, which the provider made up: their text, whatever it looks like,
 * is the key (Stripe's {@code whsec_} too); white space around it is not. There is at least one,
 * and none is empty, so nothing can be verified with none. They never show themselves.
 */
public final class SourceSecrets {
  private final List<byte[]> keys;

  public SourceSecrets(List<String> texts) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException(
          "At least one secret of the source is needed, there is none");
    }
    List<String> stripped = texts.stream().map(SecretText::strip).toList();
    if (stripped.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("A source's secret must not be empty");
    }
    this.keys = stripped.stream().map(text -> text.getBytes(UTF_8)).toList();
  }

  /**
   * Whether one of the signatures is an HMAC of these parts, one after the other, by one of the
   * secrets. Every signature is held against every secret, in constant time, whether or not one
   * fitted already, so that time tells nothing.
   */
  public boolean matchesAny(HmacAlgorithm algorithm, List<byte[]> signatures, byte[]... parts) {
    boolean matches = false;
    for (byte[] key : keys) {
      byte[] expected = Hmac.of(algorithm.macName(), key, parts);
      for (byte[] signature : signatures) {
        matches |= MessageDigest.isEqual(expected, signature);
      }
    }
    return matches;
  }

  @Override
  public String toString() {
    return "SourceSecrets(" + keys.size() + ")";
  }
}

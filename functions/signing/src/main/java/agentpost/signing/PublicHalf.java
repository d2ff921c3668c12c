package agentpost.signing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The public part of a key, for verifying.
 *
 * @param text as Standard Webhooks writes it
 * @param algorithm as JSON Web Signature has it
 * @param jwk the members of its JSON Web Key that make the key (RFC 7638, section 3.2)
 */
public record PublicHalf(String text, String algorithm, SequencedMap<String, String> jwk) {
  public PublicHalf {
    jwk = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(jwk));
  }
}

package agentpost.signing;

import java.util.List;
import java.util.stream.Stream;

/**
 * The live keys of one agent, current first. There is at least one, so nothing is ever signed or
 * verified without a key.
 */
public record KeySet(List<SigningKey> live) {
  public KeySet {
    live = List.copyOf(live);
    if (live.isEmpty()) {
      throw new IllegalArgumentException("At least one webhook secret is needed, there is none");
    }
  }

  public static KeySet of(SigningKey current, SigningKey... previous) {
    return new KeySet(Stream.concat(Stream.of(current), Stream.of(previous)).toList());
  }

  /** Those that both sides hold: an Ed25519 key has no part in the plain scheme. */
  List<WebhookSecret> sharedSecrets() {
    return live.stream()
        .filter(WebhookSecret.class::isInstance)
        .map(WebhookSecret.class::cast)
        .toList();
  }
}

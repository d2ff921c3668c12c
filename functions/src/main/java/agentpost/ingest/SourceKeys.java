package agentpost.ingest;

import agentpost.secrets.SecretStore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.stream.Stream;

/** A source's verifier, by the secret that Secrets Manager has now: its text, or JSON with {@code current} and, during a rotation, {@code previous}. */
final class SourceKeys {
  private static final JsonMapper JSON = new JsonMapper();

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
    return switch (store.text(source.secretId())) {
      case SecretStore.Lookup.Missing(var id) -> new Lookup.Unusable("secret " + id + " does not exist or has no text");
      case SecretStore.Lookup.Unavailable(var id, var why) -> new Lookup.Unavailable("secret " + id + " cannot be read now: " + why);
      case SecretStore.Lookup.Found(var text) -> {
        try {
          yield new Lookup.Found(source.scheme().verifier(texts(text), freshness));
        } catch (IllegalArgumentException e) {
          yield new Lookup.Unusable("secret " + source.secretId() + ": " + e.getMessage());
        }
      }
    };
  }

  private static List<String> texts(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return List.of(text);
    }
    try {
      JsonNode json = JSON.readTree(text);
      return Stream.of("current", "previous").map(json::path).filter(JsonNode::isTextual).map(JsonNode::asText).filter(live -> !live.isBlank()).toList();
    } catch (JsonProcessingException e) {
      // The cause's message quotes the text, which is a secret.
      throw new IllegalArgumentException("its text begins with { but is not JSON");
    }
  }
}

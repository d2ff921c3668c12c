package agentpost.secrets;

import agentpost.signing.SecretText;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A secret's text as Secrets Manager keeps it: what it is alone, or JSON with {@code current},
 * during a rotation {@code previous}, and {@code previous_until}, from when on the previous one
 * does not count any more. Nothing has to run then, so nothing can fail to (ADR 16).
 *
 * @param previousUntil nothing if the previous one counts for as long as it is there
 */
public record StoredSecret(
    String current, Optional<String> previous, Optional<Instant> previousUntil) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final Set<String> KEYS = Set.of("current", "previous", "previous_until");

  /** White space and line ends around a secret are its editor's (see {@link SecretText}). */
  public StoredSecret {
    current = SecretText.strip(current);
    previous = previous.map(SecretText::strip);
    if (current.isEmpty() || previous.filter(String::isEmpty).isPresent()) {
      throw new IllegalArgumentException("The secret's text is empty");
    }
  }

  /**
   * Reads strictly: a key that is misspelt, or a time that is none, would keep a retired secret
   * alive.
   *
   * @throws IllegalArgumentException naming the shape that is wrong, never the text
   */
  public static StoredSecret read(String stored) {
    String text = SecretText.strip(stored);
    if (!text.startsWith("{")) {
      return new StoredSecret(text, Optional.empty(), Optional.empty());
    }
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // The cause's message quotes the text, which is a secret.
      throw new IllegalArgumentException(
          "The secret's text begins with { but is not one JSON object that has each key once");
    }
    if (json.properties().stream().anyMatch(property -> !KEYS.contains(property.getKey()))) {
      // Which key it is stays unsaid: who mixed up key and value has put a secret there.
      throw new IllegalArgumentException(
          "The secret has a key other than \"current\", \"previous\" and \"previous_until\"");
    }
    return new StoredSecret(
        text(json, "current")
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The secret is JSON without a text under \"current\"")),
        text(json, "previous"),
        text(json, "previous_until").map(StoredSecret::time));
  }

  private static Optional<String> text(JsonNode json, String key) {
    if (!json.has(key)) {
      return Optional.empty();
    }
    String text = json.path(key).textValue();
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException(
          "The secret's \""
              + key
              + "\" must be a text that is not blank; leave the key out if there is none");
    }
    return Optional.of(text);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      // The cause's message quotes the text, and who mixed up two keys has put a secret there.
      throw new IllegalArgumentException(
          "The secret's \"previous_until\" must be a time such as 2026-03-31T10:30:00Z");
    }
  }

  /** The texts that count, current first. */
  public List<String> live(Instant now) {
    return Stream.concat(
            Stream.of(current),
            previous
                .filter(_ -> previousUntil.isEmpty() || now.isBefore(previousUntil.get()))
                .stream())
        .toList();
  }

  /** This one as the previous one of another. */
  public StoredSecret rotateTo(String next, Instant until) {
    return new StoredSecret(next, Optional.of(current), Optional.of(until));
  }

  /** As Secrets Manager is to keep it. */
  public String text() {
    ObjectNode json = JSON.createObjectNode().put("current", current);
    previous.ifPresent(text -> json.put("previous", text));
    previousUntil.ifPresent(until -> json.put("previous_until", until.toString()));
    return json.toString();
  }

  @Override
  public String toString() {
    return "StoredSecret("
        + (previous.isEmpty() ? "one" : "two")
        + previousUntil.map(until -> ", the previous one until " + until).orElse("")
        + ")";
  }
}

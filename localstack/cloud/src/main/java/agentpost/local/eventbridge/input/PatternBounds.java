package agentpost.local.eventbridge.input;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/**
 * What makes a pattern too much to compile. event-ruler makes a rule of each combination of its
 * {@code $or}s, which twenty of them bring to a million; a thousand are more than anyone writes.
 */
final class PatternBounds {
  static final int MAX_COMBINATIONS = 1000;

  private static final JsonMapper JSON = new JsonMapper();

  private PatternBounds() {}

  /**
   * What is too much, if something is. The pattern may be no pattern at all, which is for
   * event-ruler to say.
   */
  static Optional<String> explainExceeded(String pattern) {
    JsonNode json;
    try {
      json = JSON.readTree(pattern);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    long combinations = combinations(json);
    return combinations > MAX_COMBINATIONS
        ? Optional.of("$or makes more than " + MAX_COMBINATIONS + " combinations")
        : Optional.empty();
  }

  private static long combinations(JsonNode pattern) {
    long product = 1;
    for (var field : pattern.properties()) {
      JsonNode value = field.getValue();
      long of = 1;
      if (field.getKey().equals("$or") && value.isArray()) {
        of = 0;
        for (JsonNode alternative : value) {
          of = Math.min(of + combinations(alternative), MAX_COMBINATIONS + 1);
        }
      } else if (value.isObject()) {
        of = combinations(value);
      }
      product = Math.min(product * Math.max(1, of), MAX_COMBINATIONS + 1);
    }
    return product;
  }
}

package agentpost.infra.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * How many rules a pattern's {@code $or}s make. event-ruler writes them all out, which for twenty
 * of them are a million; a thousand are more than anyone writes.
 */
final class PatternComplexity {
  static final int MAX_COMBINATIONS = 1000;

  private PatternComplexity() {}

  static boolean areTooMany(ObjectNode pattern) {
    return combinations(pattern) > MAX_COMBINATIONS;
  }

  private static long combinations(JsonNode pattern) {
    long product = 1;
    for (Map.Entry<String, JsonNode> field : pattern.properties()) {
      JsonNode value = field.getValue();
      long of = 1;
      if (field.getKey().equals("$or") && value.isArray()) {
        of =
            Math.min(
                value.valueStream().mapToLong(PatternComplexity::combinations).sum(),
                MAX_COMBINATIONS + 1);
      } else if (value.isObject()) {
        of = combinations(value);
      }
      product = Math.min(product * Math.max(1, of), MAX_COMBINATIONS + 1);
    }
    return product;
  }
}

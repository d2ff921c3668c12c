package agentpost.local.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a shape demands of a value, in AWS's words and order. */
final class Constraint {
  /**
   * By RE2, whose matching is linear and has no stack that a long text fills: a request's texts
   * come from anybody.
   */
  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  /**
   * Of a text that is held to a pattern that looks ahead, which RE2 does not; no such member is
   * longer.
   */
  private static final int MAX_LOOKAHEAD_LENGTH = 2048;

  private Constraint() {}

  /** Those that a value does not satisfy. */
  static List<String> findBroken(JsonNode shape, JsonNode value) {
    List<String> broken = new ArrayList<>();
    boolean number = isNumber(shape);
    long size =
        number
            ? value.asLong()
            : value.isTextual()
                ? value.asText().codePointCount(0, value.asText().length())
                : value.size();
    if (shape.has("max") && size > shape.path("max").asLong()) {
      broken.add(maxOf(shape));
    }
    if (shape.has("min") && size < shape.path("min").asLong()) {
      broken.add(minOf(shape));
    }
    if (shape.has("pattern") && !matches(shape.path("pattern").asText(), value.asText())) {
      broken.add(pattern(shape));
    }
    if (shape.has("enum")
        && shape.path("enum").valueStream().noneMatch(one -> one.asText().equals(value.asText()))) {
      broken.add(values(shape));
    }
    return broken;
  }

  private static boolean matches(String pattern, String text) {
    if (pattern.contains("(?=") || pattern.contains("(?!")) {
      return text.length() <= MAX_LOOKAHEAD_LENGTH && text.matches(pattern);
    }
    return PATTERNS.computeIfAbsent(pattern, Pattern::compile).matches(text);
  }

  /** All that a shape demands, as AWS writes them of a list's members. */
  static String describeAll(JsonNode shape) {
    List<String> all = new ArrayList<>();
    if (shape.has("max")) {
      all.add(maxOf(shape));
    }
    if (shape.has("min")) {
      all.add(minOf(shape));
    }
    if (shape.has("pattern")) {
      all.add(pattern(shape));
    }
    if (shape.has("enum")) {
      all.add(values(shape));
    }
    return "[" + String.join(", ", all) + "]";
  }

  private static String what(JsonNode shape) {
    return isNumber(shape) ? "value" : "length";
  }

  private static boolean isNumber(JsonNode shape) {
    return shape.path("type").asText().equals("integer")
        || shape.path("type").asText().equals("long");
  }

  private static String maxOf(JsonNode shape) {
    return "Member must have "
        + what(shape)
        + " less than or equal to "
        + shape.path("max").asLong();
  }

  private static String minOf(JsonNode shape) {
    return "Member must have "
        + what(shape)
        + " greater than or equal to "
        + shape.path("min").asLong();
  }

  private static String pattern(JsonNode shape) {
    return "Member must satisfy regular expression pattern: " + shape.path("pattern").asText();
  }

  private static String values(JsonNode shape) {
    return "Member must satisfy enum value set: ["
        + String.join(", ", shape.path("enum").valueStream().map(JsonNode::asText).toList())
        + "]";
  }
}

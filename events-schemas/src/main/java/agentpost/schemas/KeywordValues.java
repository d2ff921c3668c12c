package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * What the keywords of JSON Schema draft-04 may be, apart from those that are schemas themselves.
 *
 * @param problems takes each, by its pointer and what is wrong there
 */
record KeywordValues(BiConsumer<String, String> problems) {
  private static final Set<String> TYPES =
      new TreeSet<>(Set.of("array", "boolean", "integer", "null", "number", "object", "string"));

  /** JSON Schema Validation draft-04, section 7.3. */
  private static final Set<String> FORMATS =
      new TreeSet<>(Set.of("date-time", "email", "hostname", "ipv4", "ipv6", "uri"));

  static boolean isType(String name) {
    return TYPES.contains(name);
  }

  void wrong(String at, String expected, JsonNode found) {
    problems.accept(at, expected + "; found " + found);
  }

  void require(boolean isRight, String at, String expected, JsonNode found) {
    if (!isRight) {
      wrong(at, expected, found);
    }
  }

  void checkText(String at, JsonNode value) {
    require(
        value.isTextual() && !value.textValue().isBlank(),
        at,
        "must be a text that says something",
        value);
  }

  void checkCount(String at, JsonNode value) {
    require(
        value.isIntegralNumber() && value.bigIntegerValue().signum() >= 0,
        at,
        "must be a whole number, 0 or more",
        value);
  }

  void checkNumber(String at, JsonNode value) {
    require(value.isNumber(), at, "must be a number", value);
  }

  void checkMultiple(String at, JsonNode value) {
    require(
        value.isNumber() && value.decimalValue().signum() > 0,
        at,
        "must be a number above 0",
        value);
  }

  void checkBoolean(String at, JsonNode value) {
    require(value.isBoolean(), at, "must be true or false", value);
  }

  void checkType(String at, JsonNode value) {
    if (value.isArray() && !value.isEmpty()) {
      for (int i = 0; i < value.size(); i++) {
        checkOneType(at + "/" + i, value.path(i));
      }
      checkUnique(at, value);
    } else {
      checkOneType(at, value);
    }
  }

  private void checkOneType(String at, JsonNode value) {
    require(
        value.isTextual() && TYPES.contains(value.textValue()),
        at,
        "must be one of " + String.join(", ", TYPES),
        value);
  }

  void checkFormat(String at, JsonNode value) {
    require(
        value.isTextual() && FORMATS.contains(value.textValue()),
        at,
        "must be one of " + String.join(", ", FORMATS) + ", the formats that are held to",
        value);
  }

  void checkEnum(String at, JsonNode value) {
    if (value.isArray() && !value.isEmpty()) {
      checkUnique(at, value);
    } else {
      wrong(at, "must be a list of one value or more", value);
    }
  }

  private void checkUnique(String at, JsonNode values) {
    Set<JsonNode> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      if (!seen.add(values.path(i))) {
        problems.accept(at + "/" + i, "is there twice: " + values.path(i));
      }
    }
  }

  void checkNames(String at, JsonNode value) {
    if (!value.isArray() || value.isEmpty()) {
      wrong(at, "must be a list of one name or more", value);
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      require(value.path(i).isTextual(), at + "/" + i, "must be a name, a text", value.path(i));
    }
    checkUnique(at, value);
  }

  void checkPattern(String at, JsonNode value) {
    if (!value.isTextual()) {
      wrong(at, "must be a regular expression, a text", value);
      return;
    }
    try {
      LinearExpression.of(value.textValue());
    } catch (IllegalArgumentException e) {
      problems.accept(at, String.valueOf(e.getMessage()));
    }
  }
}

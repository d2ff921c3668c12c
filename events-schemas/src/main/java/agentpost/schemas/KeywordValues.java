package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
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

  /**
   * @param type of the values that the keyword says something about; empty if of all
   */
  record Keyword(String type, Check check) {}

  interface Check {
    void check(KeywordValues values, String at, JsonNode value);
  }

  static final Map<String, Keyword> KEYWORDS =
      Map.ofEntries(
          Map.entry("title", new Keyword("", KeywordValues::checkText)),
          Map.entry("description", new Keyword("", KeywordValues::checkText)),
          Map.entry("type", new Keyword("", KeywordValues::checkType)),
          Map.entry("enum", new Keyword("", KeywordValues::checkEnum)),
          Map.entry("minimum", new Keyword("number", KeywordValues::checkNumber)),
          Map.entry("maximum", new Keyword("number", KeywordValues::checkNumber)),
          Map.entry("exclusiveMinimum", new Keyword("number", KeywordValues::checkBoolean)),
          Map.entry("exclusiveMaximum", new Keyword("number", KeywordValues::checkBoolean)),
          Map.entry("multipleOf", new Keyword("number", KeywordValues::checkMultiple)),
          Map.entry("minLength", new Keyword("string", KeywordValues::checkCount)),
          Map.entry("maxLength", new Keyword("string", KeywordValues::checkCount)),
          Map.entry("pattern", new Keyword("string", KeywordValues::checkPattern)),
          Map.entry("format", new Keyword("string", KeywordValues::checkFormat)),
          Map.entry("minItems", new Keyword("array", KeywordValues::checkCount)),
          Map.entry("maxItems", new Keyword("array", KeywordValues::checkCount)),
          Map.entry("uniqueItems", new Keyword("array", KeywordValues::checkBoolean)),
          Map.entry("required", new Keyword("object", KeywordValues::checkNames)),
          Map.entry("minProperties", new Keyword("object", KeywordValues::checkCount)),
          Map.entry("maxProperties", new Keyword("object", KeywordValues::checkCount)),
          Map.entry("default", new Keyword("", (_, _, _) -> {})));

  void say(String at, String problem) {
    problems.accept(at, problem);
  }

  static boolean isType(String name) {
    return TYPES.contains(name);
  }

  void wrong(String at, String expected, JsonNode found) {
    say(at, expected + "; found " + found);
  }

  void require(boolean isRight, String at, String expected, JsonNode found) {
    if (!isRight) {
      wrong(at, expected, found);
    }
  }

  private void checkText(String at, JsonNode value) {
    require(
        value.isTextual() && !value.textValue().isBlank(),
        at,
        "must be a text that says something",
        value);
  }

  private void checkCount(String at, JsonNode value) {
    require(
        value.isIntegralNumber() && value.bigIntegerValue().signum() >= 0,
        at,
        "must be a whole number, 0 or more",
        value);
  }

  private void checkNumber(String at, JsonNode value) {
    require(value.isNumber(), at, "must be a number", value);
  }

  private void checkMultiple(String at, JsonNode value) {
    require(
        value.isNumber() && value.decimalValue().signum() > 0,
        at,
        "must be a number above 0",
        value);
  }

  private void checkBoolean(String at, JsonNode value) {
    require(value.isBoolean(), at, "must be true or false", value);
  }

  private void checkType(String at, JsonNode value) {
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

  private void checkFormat(String at, JsonNode value) {
    require(
        value.isTextual() && FORMATS.contains(value.textValue()),
        at,
        "must be one of " + String.join(", ", FORMATS) + ", the formats that are held to",
        value);
  }

  private void checkEnum(String at, JsonNode value) {
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
        say(at + "/" + i, "is there twice: " + values.path(i));
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
      say(at, String.valueOf(e.getMessage()));
    }
  }
}

package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Holds a schema to JSON Schema draft-04, and to more than its meta-schema asks: a keyword that
 * draft-04 does not have, one that says nothing about the schema's type, and a name that is
 * required and never described are mistakes of who wrote them, and validators pass over them in
 * silence.
 */
final class SchemaKeywords {
  /** What may stand beside a $ref: validators ignore all of it. */
  private static final Set<String> BESIDE_REF = Set.of("$ref", "title", "description");

  private static final String DEFINITIONS = "#/definitions/";

  /**
   * @param type of the values that the keyword says something about; empty if of all
   */
  private record Keyword(String type, Check check) {}

  private interface Check {
    void check(SchemaKeywords keywords, String at, JsonNode value);
  }

  private static final Map<String, Keyword> KEYWORDS = keywords();

  private final KeywordValues values;
  private final Set<String> definitions;

  /**
   * @param problems takes each, by its pointer and what is wrong there
   * @param definitions what a $ref may name
   */
  SchemaKeywords(BiConsumer<String, String> problems, Set<String> definitions) {
    this.values = new KeywordValues(problems);
    this.definitions = definitions;
  }

  /**
   * @param at the schema's pointer
   */
  void check(String at, JsonNode schema) {
    if (!schema.isObject()) {
      values.wrong(at, "must be a schema, an object", schema);
      return;
    }
    schema
        .properties()
        .forEach(
            part -> {
              String place = at + "/" + escape(part.getKey());
              Keyword keyword = KEYWORDS.get(part.getKey());
              if (keyword == null) {
                values.say(place, "is not a keyword of JSON Schema draft-04" + hint(part.getKey()));
              } else if (schema.has("$ref") && !BESIDE_REF.contains(part.getKey())) {
                values.say(
                    place, "stands beside a $ref, and draft-04 ignores it; put both into allOf");
              } else {
                keyword.check().check(this, place, part.getValue());
                applies(schema.path("type"), keyword.type())
                    .ifPresent(why -> values.say(place, why));
              }
            });
    checkRequired(at, schema);
    checkBound(at, schema, "exclusiveMinimum", "minimum");
    checkBound(at, schema, "exclusiveMaximum", "maximum");
  }

  private static String hint(String keyword) {
    return switch (keyword) {
      case "const" -> "; an enum of one value says it";
      case "examples" -> "; examples are files in examples/";
      case "$defs" -> "; definitions stand beside data";
      default ->
          NearestName.of(keyword, KEYWORDS.keySet())
              .map(name -> "; did you mean " + name + "?")
              .orElse("");
    };
  }

  private static Optional<String> applies(JsonNode type, String appliesTo) {
    if (appliesTo.isEmpty() || type.isMissingNode()) {
      return Optional.empty();
    }
    Set<String> types = new TreeSet<>();
    (type.isArray() ? type : List.of(type)).forEach(one -> types.add(one.asText()));
    boolean isSaidOfIt =
        types.contains(appliesTo) || (appliesTo.equals("number") && types.contains("integer"));
    return isSaidOfIt || !types.stream().allMatch(KeywordValues::isType)
        ? Optional.empty()
        : Optional.of(
            "says something of type "
                + appliesTo
                + " only, and the type is "
                + String.join(" or ", types));
  }

  private void checkRequired(String at, JsonNode schema) {
    if (!schema.path("properties").isObject() || !schema.path("required").isArray()) {
      return;
    }
    for (int i = 0; i < schema.path("required").size(); i++) {
      JsonNode name = schema.path("required").path(i);
      if (name.isTextual() && !schema.path("properties").has(name.textValue())) {
        values.say(
            at + "/required/" + i,
            "must be one of the properties ("
                + String.join(", ", EventSource.names(schema.path("properties")))
                + "); found "
                + name);
      }
    }
  }

  private void checkBound(String at, JsonNode schema, String exclusive, String bound) {
    if (schema.has(exclusive) && !schema.has(bound)) {
      values.say(at + "/" + exclusive, "says something only beside " + bound);
    }
  }

  private void checkReference(String at, JsonNode value) {
    String name = value.isTextual() ? value.textValue() : "";
    values.require(
        name.startsWith(DEFINITIONS) && definitions.contains(name.substring(DEFINITIONS.length())),
        at,
        "must be "
            + DEFINITIONS
            + "NAME of one of the definitions beside data"
            + (definitions.isEmpty()
                ? ", and there are none"
                : " (" + String.join(", ", new TreeSet<>(definitions)) + ")"),
        value);
  }

  private void checkSchemaOrBoolean(String at, JsonNode value) {
    if (value.isObject()) {
      check(at, value);
    } else {
      values.require(value.isBoolean(), at, "must be a schema, or true or false", value);
    }
  }

  private void checkSchemas(String at, JsonNode value) {
    if (!value.isArray() || value.isEmpty()) {
      values.wrong(at, "must be a list of one schema or more", value);
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      check(at + "/" + i, value.path(i));
    }
  }

  private void checkItems(String at, JsonNode value) {
    if (value.isArray()) {
      checkSchemas(at, value);
    } else {
      check(at, value);
    }
  }

  /** An object of schemas by names, as {@code properties} and {@code definitions} are. */
  void checkNamed(String at, JsonNode value) {
    if (value.isObject()) {
      value.properties().forEach(one -> check(at + "/" + escape(one.getKey()), one.getValue()));
    } else {
      values.wrong(at, "must be an object of schemas by their names", value);
    }
  }

  private void checkPatterns(String at, JsonNode value) {
    checkNamed(at, value);
    value
        .properties()
        .forEach(
            one ->
                values.checkPattern(
                    at + "/" + escape(one.getKey()), TextNode.valueOf(one.getKey())));
  }

  private void checkDependencies(String at, JsonNode value) {
    if (!value.isObject()) {
      values.wrong(at, "must be an object of schemas, or lists of names, by names", value);
      return;
    }
    value
        .properties()
        .forEach(
            one -> {
              String place = at + "/" + escape(one.getKey());
              if (one.getValue().isArray()) {
                values.checkNames(place, one.getValue());
              } else {
                check(place, one.getValue());
              }
            });
  }

  static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static Map<String, Keyword> keywords() {
    Map<String, Keyword> all = new LinkedHashMap<>();
    KeywordValues.KEYWORDS.forEach(
        (name, plain) ->
            all.put(
                name,
                new Keyword(
                    plain.type(),
                    (keywords, at, value) -> plain.check().check(keywords.values, at, value))));
    all.put("allOf", new Keyword("", SchemaKeywords::checkSchemas));
    all.put("anyOf", new Keyword("", SchemaKeywords::checkSchemas));
    all.put("oneOf", new Keyword("", SchemaKeywords::checkSchemas));
    all.put("not", new Keyword("", SchemaKeywords::check));
    all.put("$ref", new Keyword("", SchemaKeywords::checkReference));
    all.put("items", new Keyword("array", SchemaKeywords::checkItems));
    all.put("additionalItems", new Keyword("array", SchemaKeywords::checkSchemaOrBoolean));
    all.put("properties", new Keyword("object", SchemaKeywords::checkNamed));
    all.put("patternProperties", new Keyword("object", SchemaKeywords::checkPatterns));
    all.put("additionalProperties", new Keyword("object", SchemaKeywords::checkSchemaOrBoolean));
    all.put("dependencies", new Keyword("object", SchemaKeywords::checkDependencies));
    all.put(
        "id",
        new Keyword(
            "",
            (keywords, at, _) -> keywords.values.say(at, "is the whole schema's, which has none")));
    all.put(
        "$schema",
        new Keyword(
            "",
            (keywords, at, _) ->
                keywords.values.say(at, "is the whole schema's, and put there by the compiler")));
    all.put(
        "definitions",
        new Keyword(
            "", (keywords, at, _) -> keywords.values.say(at, "belongs beside data, not into it")));
    return all;
  }
}

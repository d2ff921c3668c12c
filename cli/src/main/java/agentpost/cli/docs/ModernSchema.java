package agentpost.cli.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A schema of draft-04 as draft-07 has it, which AsyncAPI's Schema Object is made of
 * (asyncapi.com/docs/reference/specification/v3.0.0#schemaObject). A bound that excludes itself is
 * a number there, and {@code id} has another name.
 */
final class ModernSchema {
  private static final String DEFINITIONS = "#/definitions/";
  private static final Set<String> GONE = Set.of("$schema", "id", "definitions");
  private static final Set<String> NAMED = Set.of("properties", "patternProperties");

  private final UnaryOperator<String> reference;

  /**
   * @param reference where a definition of that name is found
   */
  ModernSchema(UnaryOperator<String> reference) {
    this.reference = reference;
  }

  /** Without its definitions, which stand elsewhere. */
  JsonNode convert(JsonNode schema) {
    if (!schema.isObject()) {
      return schema;
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    for (var part : schema.properties()) {
      String keyword = part.getKey();
      if (!GONE.contains(keyword)) {
        out.set(keyword, convert(keyword, part.getValue()));
      }
    }
    exclude(out, "minimum", "exclusiveMinimum");
    exclude(out, "maximum", "exclusiveMaximum");
    return out;
  }

  private JsonNode convert(String keyword, JsonNode value) {
    if (NAMED.contains(keyword) || keyword.equals("dependencies")) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      value.properties().forEach(each -> out.set(each.getKey(), convert(each.getValue())));
      return out;
    }
    return switch (keyword) {
      case "$ref" ->
          JsonNodeFactory.instance.textNode(
              reference.apply(value.asText().substring(DEFINITIONS.length())));
      case "allOf", "anyOf", "oneOf" -> convertEach(value);
      case "items" -> value.isArray() ? convertEach(value) : convert(value);
      case "not", "additionalProperties", "additionalItems" -> convert(value);
      default -> value.deepCopy();
    };
  }

  private ArrayNode convertEach(JsonNode schemas) {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    schemas.forEach(each -> out.add(convert(each)));
    return out;
  }

  private static void exclude(ObjectNode schema, String bound, String exclusive) {
    if (schema.path(exclusive).isBoolean()) {
      boolean isExclusive = schema.remove(exclusive).booleanValue();
      if (isExclusive) {
        schema.set(exclusive, schema.remove(bound));
      }
    }
  }
}

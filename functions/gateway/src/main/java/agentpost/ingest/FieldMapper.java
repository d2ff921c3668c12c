package agentpost.ingest;

import agentpost.catalog.FieldMapping;
import agentpost.catalog.Mapping;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes an event's data of a payload, as a mapping says. */
final class FieldMapper {
  private static final Pattern NUMBER =
      Pattern.compile("(?=.{1,40}$)-?(0|[1-9][0-9]*)(\\.[0-9]+)?");

  private FieldMapper() {}

  /**
   * What the payload does not have, or has as null, is left out: which of it must be there is the
   * schema's to say.
   */
  static ObjectNode dataOf(Mapping mapping, JsonNode payload) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    mapping
        .data()
        .forEach(
            (property, value) ->
                find(value, payload).ifPresent(found -> result.set(property, found)));
    return result;
  }

  /** What it is for this payload; nothing if the payload does not have it. */
  static Optional<JsonNode> find(FieldMapping mapping, JsonNode payload) {
    return switch (mapping) {
      case FieldMapping.At(var pointer, var as) ->
          Optional.of(payload.at(pointer))
              .filter(found -> !found.isMissingNode() && !found.isNull())
              .map(found -> convert(found, as));
      case FieldMapping.Constant(var value) -> Optional.of(value);
    };
  }

  private static JsonNode convert(JsonNode found, FieldMapping.As as) {
    return switch (as) {
      case IS -> found;
      case TEXT -> found.isNumber() ? TextNode.valueOf(found.asText()) : found;
      case NUMBER ->
          found.isTextual()
                  && NUMBER.matcher(found.textValue()).matches()
                  && Json.parse(found.textValue()) instanceof Json.Parsed.Read(var number)
              ? number
              : found;
    };
  }
}

package agentpost.ingest;

import agentpost.catalog.FieldLocator;
import agentpost.schemas.IdText;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Finds fields in one request, of which the payload may be a part. */
record FieldReader(SignedRequest received, JsonNode payload) {
  /** What stands there; nothing if that is missing, null or blank. */
  Optional<String> find(FieldLocator locator) {
    return switch (locator) {
      case FieldLocator.Header(var name) -> received.header(name);
      case FieldLocator.Body(var pointer) ->
          Optional.of(payload.at(pointer))
              .filter(node -> node.isValueNode() && !node.isNull())
              .map(JsonNode::asText)
              .filter(text -> !IdText.isBlank(text));
    };
  }

  /** The text that stands there, and nothing else: a type that is a number or a boolean is none. */
  Optional<String> findText(FieldLocator locator) {
    return locator instanceof FieldLocator.Body(var pointer) && !payload.at(pointer).isTextual()
        ? Optional.empty()
        : find(locator);
  }

  /**
   * The id that stands there: a text or a number, for providers write ids as either, and nothing
   * else names anything.
   */
  Optional<String> findId(FieldLocator locator) {
    return locator instanceof FieldLocator.Body(var pointer) && payload.at(pointer).isBoolean()
        ? Optional.empty()
        : find(locator).filter(IdText::isId);
  }
}

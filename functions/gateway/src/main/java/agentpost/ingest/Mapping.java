package agentpost.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * How one type of a source's payloads becomes one of our events.
 *
 * @param eventType ours
 * @param data property of our event's data, by where its value comes from
 */
public record Mapping(String eventType, Map<String, FieldMapping> data) {
  public Mapping {
    data = Map.copyOf(data);
  }

  /**
   * What the payload does not have, or has as null, is left out: which of it must be there is the
   * schema's to say.
   */
  ObjectNode dataOf(JsonNode payload) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    data.forEach(
        (property, value) -> value.find(payload).ifPresent(found -> result.set(property, found)));
    return result;
  }
}

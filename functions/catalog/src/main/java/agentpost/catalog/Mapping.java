package agentpost.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How one type of a source's payloads becomes one of our events.
 *
 * @param eventType ours
 * @param data property of our event's data, by where its value comes from, in the catalog's order
 */
public record Mapping(String eventType, Map<String, FieldMapping> data) {
  public Mapping {
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("event", eventType);
    ObjectNode properties = json.putObject("data");
    data.forEach((property, mapping) -> properties.set(property, mapping.toJson()));
    return json;
  }
}

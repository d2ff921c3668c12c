package agentpost.cli.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One that an event's {@code data} may have.
 *
 * @param name with those it is in before it, {@code []} after a list
 * @param type JSON's, with the format or the values that it is one of
 */
public record EventField(String name, String type, boolean isRequired, String description) {
  private static final String LIST = "[]";

  /**
   * @param schema of an event
   */
  public static List<EventField> readAll(JsonNode schema) {
    return readAll(schema, "/properties/data");
  }

  /**
   * @param at the pointer to the schema of an object in it
   */
  public static List<EventField> readAll(JsonNode schema, String at) {
    List<EventField> fields = new ArrayList<>();
    addAll(schema.at(at), "", fields);
    return fields;
  }

  private static void addAll(JsonNode object, String path, List<EventField> fields) {
    Set<String> required = new HashSet<>();
    object.path("required").forEach(name -> required.add(name.asText()));
    object
        .path("properties")
        .properties()
        .forEach(
            property -> {
              String name = path + property.getKey();
              JsonNode schema = property.getValue();
              fields.add(
                  new EventField(
                      name,
                      typeOf(schema),
                      required.contains(property.getKey()),
                      schema.path("description").asText()));
              addAll(schema, name + ".", fields);
              addAll(schema.path("items"), name + LIST + ".", fields);
            });
  }

  private static String typeOf(JsonNode schema) {
    if (!schema.path("enum").isEmpty()) {
      return schema
          .path("enum")
          .valueStream()
          .map(JsonNode::asText)
          .collect(Collectors.joining("|"));
    }
    String type =
        schema.path("type").isArray()
            ? schema
                .path("type")
                .valueStream()
                .map(JsonNode::asText)
                .collect(Collectors.joining("|"))
            : schema.path("type").asText("any");
    if (type.equals("array")) {
      return typeOf(schema.path("items")) + LIST;
    }
    return schema.path("format").asText(type);
  }
}

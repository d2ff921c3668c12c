package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What all events have in common, written once in {@code envelope.json}. An event's own part and
 * this make the whole schema that validator and EventBridge's schema registry take.
 */
final class Envelope {
  private static final String RESOURCE = "/agentpost/schemas/envelope.json";
  private static final List<String> BEFORE_DATA = List.of("type", "description");

  private final ObjectNode schema = read();

  /** What all events have, whatever their type. */
  ObjectNode schema() {
    return schema.deepCopy();
  }

  /** The names that the envelope has in {@code metadata}. */
  Set<String> metadata() {
    return EventSource.names(schema.at("/properties/metadata/properties"));
  }

  /**
   * The whole schema of an event.
   *
   * @param own title, description, data, and metadata and definitions if it has any, without
   *     mistakes
   */
  ObjectNode combine(String eventType, JsonNode own) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.set("$schema", schema.path("$schema"));
    whole.set("title", own.path("title"));
    whole.set("description", own.path("description"));
    schema.properties().forEach(part -> whole.set(part.getKey(), part.getValue().deepCopy()));
    ((ArrayNode) whole.at("/properties/event_type/enum")).add(eventType);
    ObjectNode data = (ObjectNode) whole.at("/properties/data");
    BEFORE_DATA.stream()
        .filter(own.path("data")::has)
        .forEach(keyword -> data.set(keyword, own.path("data").path(keyword)));
    own.path("data").properties().stream()
        .filter(part -> !BEFORE_DATA.contains(part.getKey()))
        .forEach(part -> data.set(part.getKey(), part.getValue()));
    ObjectNode metadata = (ObjectNode) whole.at("/properties/metadata");
    own.path("metadata")
        .path("properties")
        .properties()
        .forEach(one -> metadata.withObject("properties").set(one.getKey(), one.getValue()));
    own.path("metadata").path("required").forEach(metadata.withArray("required")::add);
    if (own.has("definitions")) {
      whole.set("definitions", own.path("definitions"));
    }
    return whole;
  }

  private static ObjectNode read() {
    try (InputStream in =
        Objects.requireNonNull(Envelope.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return switch (Json.parse(in.readAllBytes())) {
        case Json.Parsed.Read(var value) -> (ObjectNode) value;
        case Json.Parsed.NotJson(var why) -> throw new IllegalStateException(RESOURCE + " " + why);
      };
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
  }
}

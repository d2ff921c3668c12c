package agentpost.infra.catalog;

import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaVersion;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** Some of the events that there are: what a message lists is then the same whatever is added. */
public final class EventsOf {
  private EventsOf() {}

  public static EventSchemas types(String... types) {
    EventSchemas all = EventSchemas.load();
    Map<String, Map<SchemaVersion, JsonNode>> some = new TreeMap<>();
    for (String type : types) {
      some.put(type, Map.of(all.versions(type).first(), all.newestDocument(type)));
    }
    return EventSchemas.of(some);
  }
}

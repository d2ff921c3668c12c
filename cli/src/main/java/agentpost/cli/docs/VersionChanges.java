package agentpost.cli.docs;

import agentpost.cli.events.EventField;
import agentpost.schemas.Compatibility;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one version of an event says otherwise than the version before it. */
final class VersionChanges {
  private VersionChanges() {}

  static List<String> between(JsonNode older, JsonNode newer) {
    Map<String, EventField> before = byName(older);
    Map<String, EventField> after = byName(newer);
    List<String> changes = new ArrayList<>();
    after.forEach(
        (name, field) -> {
          if (!before.containsKey(name)) {
            changes.add("adds " + name + (field.isRequired() ? ", required" : ""));
          }
        });
    Compatibility.breaks(older, newer).stream().sorted().forEach(changes::add);
    return changes;
  }

  private static Map<String, EventField> byName(JsonNode schema) {
    Map<String, EventField> fields = new LinkedHashMap<>();
    EventField.readAll(schema).forEach(each -> fields.put(each.name(), each));
    return fields;
  }
}

package agentpost.local.cloudformation.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What of a stack's resources another template would make otherwise. */
final class TemplateChanges {
  private TemplateChanges() {}

  /**
   * @param action as CloudFormation calls it
   */
  record Change(String action, String logicalId, String type) {}

  static List<Change> of(JsonNode before, JsonNode after) {
    List<Change> changes = new ArrayList<>();
    after
        .path("Resources")
        .properties()
        .forEach(
            resource -> {
              JsonNode old = before.path("Resources").path(resource.getKey());
              if (old.isMissingNode()) {
                changes.add(change("Add", resource.getKey(), resource.getValue()));
              } else if (!old.equals(resource.getValue())) {
                changes.add(change("Modify", resource.getKey(), resource.getValue()));
              }
            });
    before
        .path("Resources")
        .properties()
        .forEach(
            resource -> {
              if (!after.path("Resources").has(resource.getKey())) {
                changes.add(change("Remove", resource.getKey(), resource.getValue()));
              }
            });
    return changes;
  }

  private static Change change(String action, String logicalId, JsonNode resource) {
    return new Change(action, logicalId, resource.path("Type").asText());
  }
}

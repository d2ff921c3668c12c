package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of a template the local cloud cannot honour, found before anything is made. A thing that is
 * not known is never skipped in silence.
 */
final class TemplateValidator {
  private static final Set<String> INTRINSICS =
      Set.of("Fn::GetAtt", "Fn::Join", "Fn::Select", "Fn::Sub");

  /**
   * Parameters are given or have defaults; Rules check parameters of a deployment on AWS; the rest
   * describes.
   */
  private static final Set<String> SECTIONS =
      Set.of(
          "AWSTemplateFormatVersion",
          "Description",
          "Metadata",
          "Parameters",
          "Rules",
          "Resources",
          "Outputs");

  /** An UpdatePolicy says how AWS takes its time over a change; here it is made at once. */
  private static final Set<String> RESOURCE_KEYS =
      Set.of(
          "Type",
          "Properties",
          "DependsOn",
          "Metadata",
          "DeletionPolicy",
          "UpdatePolicy",
          "UpdateReplacePolicy");

  private final Set<String> types;
  private final Set<String> unsupported = new TreeSet<>();

  /**
   * @param types of resources that can be made
   */
  TemplateValidator(Set<String> types) {
    this.types = types;
  }

  TemplateValidator of(JsonNode template) {
    for (Map.Entry<String, JsonNode> section : template.properties()) {
      if (!SECTIONS.contains(section.getKey())
          && !(section.getValue().isContainerNode() && section.getValue().isEmpty())) {
        unsupported.add("the section " + section.getKey());
      }
    }
    template
        .path("Resources")
        .properties()
        .forEach(resource -> resource(resource.getKey(), resource.getValue()));
    template
        .path("Outputs")
        .properties()
        .forEach(
            output -> {
              if (output.getValue().has("Condition")) {
                unsupported.add("the Condition of the output " + output.getKey());
              }
              intrinsics(output.getValue().path("Value"));
            });
    return this;
  }

  private void resource(String id, JsonNode resource) {
    String type = resource.path("Type").asText();
    if (!types.contains(type)) {
      unsupported.add("the resource type " + type);
    }
    for (String key : (Iterable<String>) resource::fieldNames) {
      if (!RESOURCE_KEYS.contains(key)) {
        unsupported.add("the " + key + " of " + id);
      }
    }
    intrinsics(resource.path("Properties"));
  }

  private void intrinsics(JsonNode node) {
    if (node instanceof ObjectNode object && object.size() == 1) {
      String key = object.fieldNames().next();
      if (key.startsWith("Fn::") && !INTRINSICS.contains(key)) {
        unsupported.add("the intrinsic function " + key);
      }
      JsonNode chosenFrom =
          key.equals("Fn::Select") ? object.path(key).path(1) : MissingNode.getInstance();
      if (chosenFrom.has("Fn::GetAZs")) {
        // Zones have names here, to be chosen from, and that is all.
        return;
      }
      if (chosenFrom.has("Fn::Split")) {
        // A list is of use here to be chosen from.
        chosenFrom.path("Fn::Split").forEach(this::intrinsics);
        return;
      }
    }
    node.forEach(this::intrinsics);
  }

  /**
   * @throws UnsupportedTemplateException naming all of it
   */
  void require() {
    if (!unsupported.isEmpty()) {
      throw new UnsupportedTemplateException(
          "The local cloud does not support " + String.join(", ", unsupported));
    }
  }
}

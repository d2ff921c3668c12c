package agentpost.local.eventbridge.control;

import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tags of rules and event buses. */
public final class Tags {
  private static final int MAX_TAGS = 50;
  private final Registry registry;

  public Tags(Registry registry) {
    this.registry = registry;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.of(
        "TagResource", this::tag, "UntagResource", this::untag, "ListTagsForResource", this::list);
  }

  /** Adds to what the resource has. */
  static void put(Registry registry, String arn, JsonNode tags) {
    if (!tags.isEmpty()) {
      registry.tags.compute(
          arn,
          (_, before) -> {
            Map<String, String> all = new LinkedHashMap<>(before == null ? Map.of() : before);
            tags.forEach(tag -> all.put(tag.path("Key").asText(), tag.path("Value").asText()));
            if (all.size() > MAX_TAGS) {
              throw AwsException.badRequest(
                  "LimitExceededException",
                  "The requested resource exceeds the maximum number allowed.");
            }
            return all;
          });
    }
  }

  /**
   * @throws AwsException if there is no such rule or bus
   */
  private String existing(ObjectNode input) {
    String arn = input.path("ResourceARN").asText();
    if (arn.startsWith(Registry.ARN + "event-bus/")) {
      return EventBuses.bus(registry, arn).arn();
    }
    if (arn.startsWith(Registry.ARN + "rule/")) {
      String path = arn.substring((Registry.ARN + "rule/").length());
      int slash = path.lastIndexOf('/');
      Registry.Bus bus = EventBuses.bus(registry, slash < 0 ? "default" : path.substring(0, slash));
      return Rules.rule(bus, path.substring(slash + 1)).arn();
    }
    throw AwsException.badRequest(
        "ValidationException",
        "Parameter " + arn + " is not valid. Reason: Provided Arn is not in correct format.");
  }

  private JsonNode tag(ObjectNode input) {
    put(registry, existing(input), input.path("Tags"));
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode untag(ObjectNode input) {
    registry.tags.computeIfPresent(
        existing(input),
        (_, before) -> {
          Map<String, String> rest = new LinkedHashMap<>(before);
          input.path("TagKeys").forEach(key -> rest.remove(key.asText()));
          return rest;
        });
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode list(ObjectNode input) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    ArrayNode tags = out.putArray("Tags");
    registry
        .tags
        .getOrDefault(existing(input), Map.of())
        .forEach((key, value) -> tags.addObject().put("Key", key).put("Value", value));
    return out;
  }
}

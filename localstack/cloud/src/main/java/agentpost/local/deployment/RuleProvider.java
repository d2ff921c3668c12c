package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Rules of the template, each with its targets. */
final class RuleProvider implements Provider.Changeable {
  private static final String BUS = "EventBusName";
  private final JsonService events;

  RuleProvider(JsonService events) {
    this.events = events;
  }

  private static ObjectNode ofRule(String name, String bus) {
    return JsonNodeFactory.instance.objectNode().put("Rule", name).put(BUS, bus);
  }

  @Override
  public Set<String> identity() {
    return Set.of("Name", BUS);
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    Made made = put(properties);
    putTargets(made, properties);
    return made;
  }

  private Made put(ObjectNode properties) {
    String bus = properties.path(BUS).asText("default");
    String arn =
        events
            .call(
                "PutRule",
                ResourceProperties.withPatternAsText(
                    properties.deepCopy().<ObjectNode>without("Targets")))
            .path("RuleArn")
            .asText();
    return new Made(properties.path("Name").asText(), Map.of("Arn", arn, BUS, bus));
  }

  private void putTargets(Made made, ObjectNode properties) {
    ObjectNode targets = ofRule(made.ref(), bus(made));
    targets.set("Targets", properties.path("Targets"));
    events.call("PutTargets", targets);
  }

  /** What is not a target any more goes first: a rule has five at most. */
  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    Made made = put(properties);
    removeTargets(
        made,
        properties
            .path("Targets")
            .valueStream()
            .map(target -> target.path("Id").asText())
            .collect(Collectors.toSet()));
    putTargets(made, properties);
    return made;
  }

  @Override
  public void remove(String logicalId, Made made) {
    removeTargets(made, Set.of());
    events.call(
        "DeleteRule",
        JsonNodeFactory.instance.objectNode().put("Name", made.ref()).put(BUS, bus(made)));
  }

  private static String bus(Made made) {
    return made.attributes().getOrDefault(BUS, "default");
  }

  private void removeTargets(Made made, Set<String> kept) {
    ArrayNode gone = JsonNodeFactory.instance.arrayNode();
    for (JsonNode target :
        events.call("ListTargetsByRule", ofRule(made.ref(), bus(made))).path("Targets")) {
      if (!kept.contains(target.path("Id").asText())) {
        gone.add(target.path("Id"));
      }
    }
    if (!gone.isEmpty()) {
      ObjectNode input = ofRule(made.ref(), bus(made));
      input.set("Ids", gone);
      events.call("RemoveTargets", input);
    }
  }
}

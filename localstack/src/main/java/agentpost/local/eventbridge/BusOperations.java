package agentpost.local.eventbridge;

import static agentpost.local.eventbridge.EventBridge.require;
import static agentpost.local.eventbridge.EventBridge.required;

import agentpost.local.eventbridge.Registry.Bus;
import agentpost.local.eventbridge.Registry.Rule;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Buses, their rules and the rules' targets. What changes a rule reads it first, so one of them runs at a time. */
final class BusOperations {
  private static final int MOST_TARGETS = 5;
  private final Registry registry;

  BusOperations(Registry registry) {
    this.registry = registry;
  }

  Map<String, JsonService.Operation> operations() {
    return Map.ofEntries(
        Map.entry("CreateEventBus", this::createEventBus),
        Map.entry("DescribeEventBus", input -> described(bus(input.path("Name").asText("default")))),
        Map.entry("ListEventBuses", this::listEventBuses),
        Map.entry("DeleteEventBus", this::deleteEventBus),
        Map.entry("PutRule", this::putRule),
        Map.entry("DescribeRule", input -> described(rule(input, "Name"))),
        Map.entry("ListRules", this::listRules),
        Map.entry("DeleteRule", this::deleteRule),
        Map.entry("EnableRule", input -> enabled(input, true)),
        Map.entry("DisableRule", input -> enabled(input, false)),
        Map.entry("PutTargets", this::putTargets),
        Map.entry("RemoveTargets", this::removeTargets),
        Map.entry("ListTargetsByRule", this::listTargets));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private Bus bus(String name) {
    return registry
        .bus(name)
        .orElseThrow(() -> AwsException.badRequest("ResourceNotFoundException", "Event bus " + name + " does not exist."));
  }

  private Bus busOf(ObjectNode input) {
    return bus(input.path("EventBusName").asText("default"));
  }

  private Rule rule(ObjectNode input, String key) {
    Bus bus = busOf(input);
    Rule rule = bus.rules().get(required(input, key));
    if (rule == null) {
      throw AwsException.badRequest(
          "ResourceNotFoundException", "Rule " + input.path(key).asText() + " does not exist on EventBus " + bus.name() + ".");
    }
    return rule;
  }

  private JsonNode createEventBus(ObjectNode input) {
    Bus bus = new Bus(required(input, "Name"), Optional.ofNullable(input.get("Description")).map(JsonNode::asText));
    if (registry.buses.putIfAbsent(bus.name(), bus) != null) {
      throw AwsException.badRequest("ResourceAlreadyExistsException", "Event bus " + bus.name() + " already exists.");
    }
    return object().put("EventBusArn", bus.arn());
  }

  private static ObjectNode described(Bus bus) {
    ObjectNode out = object().put("Name", bus.name()).put("Arn", bus.arn());
    bus.description().ifPresent(text -> out.put("Description", text));
    return out;
  }

  private JsonNode listEventBuses(ObjectNode input) {
    ObjectNode out = object();
    ArrayNode list = out.putArray("EventBuses");
    String prefix = input.path("NamePrefix").asText("");
    registry.buses.values().stream().filter(bus -> bus.name().startsWith(prefix)).forEach(bus -> list.add(described(bus)));
    return out;
  }

  private synchronized JsonNode deleteEventBus(ObjectNode input) {
    String name = required(input, "Name");
    if (name.equals("default")) {
      throw AwsException.badRequest("ValidationException", "Cannot delete event bus default.");
    }
    if (registry.bus(name).map(bus -> !bus.rules().isEmpty()).orElse(false)) {
      throw AwsException.badRequest("ValidationException", "Event bus " + name + " can't be deleted since it has rules.");
    }
    registry.buses.remove(name);
    return object();
  }

  private synchronized JsonNode putRule(ObjectNode input) {
    Bus bus = busOf(input);
    String name = required(input, "Name");
    if (input.hasNonNull("ScheduleExpression")) {
      throw AwsException.badRequest("ValidationException", "The local cloud does not support ScheduleExpression; use EventBridge Scheduler.");
    }
    if (!input.hasNonNull("EventPattern")) {
      throw AwsException.badRequest("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    }
    Map<String, ObjectNode> targets = Optional.ofNullable(bus.rules().get(name)).map(Rule::targets).orElse(Map.of());
    Rule rule =
        new Rule(
            name,
            bus.name(),
            Optional.of(Patterns.checked(input.path("EventPattern").asText())),
            !input.path("State").asText("ENABLED").equals("DISABLED"),
            Optional.ofNullable(input.get("Description")).map(JsonNode::asText),
            targets);
    bus.put(rule);
    return object().put("RuleArn", rule.arn());
  }

  private static ObjectNode described(Rule rule) {
    ObjectNode out =
        object().put("Name", rule.name()).put("Arn", rule.arn()).put("State", rule.enabled() ? "ENABLED" : "DISABLED").put("EventBusName", rule.bus());
    rule.pattern().ifPresent(pattern -> out.put("EventPattern", pattern));
    rule.description().ifPresent(text -> out.put("Description", text));
    return out;
  }

  private JsonNode listRules(ObjectNode input) {
    ObjectNode out = object();
    ArrayNode list = out.putArray("Rules");
    String prefix = input.path("NamePrefix").asText("");
    busOf(input).rules().values().stream().filter(rule -> rule.name().startsWith(prefix)).forEach(rule -> list.add(described(rule)));
    return out;
  }

  private synchronized JsonNode deleteRule(ObjectNode input) {
    Rule rule = busOf(input).rules().get(required(input, "Name"));
    if (rule != null && !rule.targets().isEmpty()) {
      throw AwsException.badRequest("ValidationException", "Rule can't be deleted since it has targets.");
    }
    busOf(input).remove(input.path("Name").asText());
    return object();
  }

  private synchronized JsonNode enabled(ObjectNode input, boolean enabled) {
    busOf(input).put(rule(input, "Name").with(enabled));
    return object();
  }

  private static ObjectNode noFailures() {
    ObjectNode out = object().put("FailedEntryCount", 0);
    out.putArray("FailedEntries");
    return out;
  }

  private synchronized JsonNode putTargets(ObjectNode input) {
    require(input, "Rule", "Targets");
    Targets.check(input.path("Targets"));
    Rule rule = rule(input, "Rule");
    Map<String, ObjectNode> targets = new LinkedHashMap<>(rule.targets());
    input.path("Targets").forEach(target -> targets.put(target.path("Id").asText(), (ObjectNode) target));
    if (targets.size() > MOST_TARGETS) {
      throw AwsException.badRequest("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    busOf(input).put(rule.with(targets));
    return noFailures();
  }

  private synchronized JsonNode removeTargets(ObjectNode input) {
    require(input, "Rule", "Ids");
    Rule rule = rule(input, "Rule");
    Map<String, ObjectNode> targets = new LinkedHashMap<>(rule.targets());
    input.path("Ids").forEach(id -> targets.remove(id.asText()));
    busOf(input).put(rule.with(targets));
    return noFailures();
  }

  private JsonNode listTargets(ObjectNode input) {
    ObjectNode out = object();
    out.putArray("Targets").addAll(rule(input, "Rule").targets().values());
    return out;
  }
}

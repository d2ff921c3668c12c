package agentpost.local.eventbridge.control;

import agentpost.local.eventbridge.input.Patterns;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.registry.Registry.Bus;
import agentpost.local.eventbridge.registry.Registry.Rule;
import agentpost.local.eventbridge.schedule.ScheduleExpression;
import agentpost.local.eventbridge.schedule.Schedules;
import agentpost.local.eventbridge.targets.TargetKinds;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Rules and their targets. What changes a rule reads it first, so one of them runs at a time. */
public final class Rules {
  private static final int MAX_TARGETS = 5;
  private final Registry registry;
  private final TargetKinds kinds;
  private final Schedules schedules;

  public Rules(Registry registry, TargetKinds kinds, Schedules schedules) {
    this.registry = registry;
    this.kinds = kinds;
    this.schedules = schedules;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.ofEntries(
        Map.entry("PutRule", this::put),
        Map.entry(
            "DescribeRule",
            input -> describeResponse(rule(input, "Name")).put("CreatedBy", Registry.ACCOUNT)),
        Map.entry(
            "ListRules",
            input ->
                Paging.page(
                    input,
                    "Rules",
                    EventBuses.of(registry, input).rules(),
                    (_, rule) -> describeResponse(rule))),
        Map.entry("DeleteRule", this::delete),
        Map.entry("EnableRule", input -> change(input, "ENABLED")),
        Map.entry("DisableRule", input -> change(input, "DISABLED")),
        Map.entry("ListRuleNamesByTarget", this::namesByTarget),
        Map.entry("PutTargets", this::putTargets),
        Map.entry("RemoveTargets", this::removeTargets),
        Map.entry("ListTargetsByRule", this::listTargets));
  }

  static Rule rule(Bus bus, String name) {
    Rule rule = bus.rules().get(name);
    if (rule == null) {
      throw AwsException.badRequest(
          "ResourceNotFoundException",
          "Rule " + name + " does not exist on EventBus " + bus.name() + ".");
    }
    return rule;
  }

  private Rule rule(ObjectNode input, String key) {
    return rule(EventBuses.of(registry, input), input.path(key).asText());
  }

  private synchronized JsonNode put(ObjectNode input) {
    Bus bus = EventBuses.of(registry, input);
    Optional<String> pattern =
        EventBuses.text(input, "EventPattern").filter(text -> !text.isEmpty());
    Optional<String> schedule =
        EventBuses.text(input, "ScheduleExpression").filter(text -> !text.isEmpty());
    if (pattern.isEmpty() && schedule.isEmpty()) {
      throw AwsException.badRequest(
          "ValidationException",
          "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    }
    pattern.ifPresent(Patterns::check);
    if (schedule.isPresent()) {
      if (!bus.name().equals("default")) {
        throw AwsException.badRequest(
            "ValidationException",
            "ScheduleExpression is supported only on the default event bus.");
      }
      ScheduleExpression.of(schedule.get());
    }
    String name = input.path("Name").asText();
    boolean isNew = !bus.rules().containsKey(name);
    Rule rule =
        new Rule(
            name,
            bus.name(),
            pattern,
            schedule,
            input.path("State").asText("ENABLED"),
            EventBuses.text(input, "Description"),
            EventBuses.text(input, "RoleArn"),
            Optional.ofNullable(bus.rules().get(name)).map(Rule::targets).orElse(Map.of()));
    bus.put(rule);
    schedules.onRuleChanged(rule);
    if (isNew) {
      // PutRule of a rule that is there leaves its tags alone.
      Tags.put(registry, rule.arn(), input.path("Tags"));
    }
    return JsonNodeFactory.instance.objectNode().put("RuleArn", rule.arn());
  }

  private static ObjectNode describeResponse(Rule rule) {
    ObjectNode out =
        JsonNodeFactory.instance.objectNode().put("Name", rule.name()).put("Arn", rule.arn());
    rule.pattern().ifPresent(pattern -> out.put("EventPattern", pattern));
    rule.schedule().ifPresent(schedule -> out.put("ScheduleExpression", schedule));
    out.put("State", rule.state());
    rule.description().ifPresent(text -> out.put("Description", text));
    rule.role().ifPresent(role -> out.put("RoleArn", role));
    return out.put("EventBusName", rule.bus());
  }

  /** Deleting one that is not there is no error. */
  private synchronized JsonNode delete(ObjectNode input) {
    Bus bus = EventBuses.of(registry, input);
    Rule rule = bus.rules().get(input.path("Name").asText());
    if (rule != null) {
      if (!rule.targets().isEmpty()) {
        throw AwsException.badRequest(
            "ValidationException", "Rule can't be deleted since it has targets.");
      }
      bus.remove(rule.name());
      schedules.onRuleRemoved(rule);
      registry.tags.remove(rule.arn());
    }
    return JsonNodeFactory.instance.objectNode();
  }

  private synchronized JsonNode change(ObjectNode input, String state) {
    Rule rule = rule(input, "Name").with(state);
    EventBuses.of(registry, input).put(rule);
    schedules.onRuleChanged(rule);
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode namesByTarget(ObjectNode input) {
    String arn = input.path("TargetArn").asText();
    return Paging.page(
        input,
        "RuleNames",
        EventBuses.of(registry, input).rules(),
        (name, rule) ->
            rule.targets().values().stream()
                    .anyMatch(target -> target.path("Arn").asText().equals(arn))
                ? TextNode.valueOf(name)
                : NullNode.instance);
  }

  private static ObjectNode failureResponse(List<ObjectNode> entries) {
    ObjectNode out = JsonNodeFactory.instance.objectNode().put("FailedEntryCount", entries.size());
    out.putArray("FailedEntries").addAll(entries);
    return out;
  }

  private synchronized JsonNode putTargets(ObjectNode input) {
    Rule rule = rule(input, "Rule");
    input.path("Targets").forEach(kinds::check);
    Map<String, ObjectNode> targets = new LinkedHashMap<>(rule.targets());
    input
        .path("Targets")
        .forEach(target -> targets.put(target.path("Id").asText(), (ObjectNode) target));
    if (targets.size() > MAX_TARGETS) {
      throw AwsException.badRequest(
          "LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    EventBuses.of(registry, input).put(rule.with(targets));
    return failureResponse(List.of());
  }

  private synchronized JsonNode removeTargets(ObjectNode input) {
    Rule rule = rule(input, "Rule");
    Map<String, ObjectNode> targets = new LinkedHashMap<>(rule.targets());
    List<ObjectNode> failures = new ArrayList<>();
    for (JsonNode id : input.path("Ids")) {
      if (targets.remove(id.asText()) == null) {
        failures.add(
            JsonNodeFactory.instance
                .objectNode()
                .put("TargetId", id.asText())
                .put("ErrorCode", "ResourceNotFoundException")
                .put(
                    "ErrorMessage",
                    "Rule '"
                        + rule.name()
                        + "' does not have a target with the Id '"
                        + id.asText()
                        + "'."));
      }
    }
    EventBuses.of(registry, input).put(rule.with(targets));
    return failureResponse(failures);
  }

  private JsonNode listTargets(ObjectNode input) {
    return Paging.page(
        input, "Targets", new TreeMap<>(rule(input, "Rule").targets()), (_, target) -> target);
  }
}

package agentpost.local.eventbridge.control;

import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.registry.Registry.Bus;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import agentpost.local.wire.LocalScope;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** Event buses. What changes one reads it first, so one of them runs at a time. */
public final class EventBuses {
  private final Registry registry;
  private final Timeline timeline;

  public EventBuses(Registry registry, Timeline timeline) {
    this.registry = registry;
    this.timeline = timeline;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.of(
        "CreateEventBus", this::create,
        "DescribeEventBus",
            input -> describeResponse(bus(registry, input.path("Name").asText("default"))),
        "ListEventBuses",
            input ->
                Paging.page(input, "EventBuses", registry.buses, (_, bus) -> describeResponse(bus)),
        "UpdateEventBus", this::update,
        "DeleteEventBus", this::delete);
  }

  public static Bus bus(Registry registry, String nameOrArn) {
    String own = Registry.ARN + "event-bus/";
    String name = nameOrArn.startsWith(own) ? nameOrArn.substring(own.length()) : nameOrArn;
    return registry
        .bus(nameOrArn)
        .orElseThrow(
            () ->
                AwsException.badRequest(
                    "ResourceNotFoundException", "Event bus " + name + " does not exist."));
  }

  /** The bus that a request about rules names, or the default one. */
  static Bus of(Registry registry, ObjectNode input) {
    return bus(registry, input.path("EventBusName").asText("default"));
  }

  public static Optional<String> text(JsonNode input, String name) {
    return input.hasNonNull(name) ? Optional.of(input.path(name).asText()) : Optional.empty();
  }

  private synchronized JsonNode create(ObjectNode input) {
    Bus bus =
        new Bus(
            input.path("Name").asText(),
            text(input, "Description"),
            deadLetters(input),
            timeline.now());
    if (bus.name().contains("/")) {
      throw AwsException.badRequest("ValidationException", "Event bus name must not contain '/'.");
    }
    if (registry.buses.putIfAbsent(bus.name(), bus) != null) {
      throw AwsException.badRequest(
          "ResourceAlreadyExistsException", "Event bus " + bus.name() + " already exists.");
    }
    Tags.put(registry, bus.arn(), input.path("Tags"));
    return updateResponse(bus, JsonNodeFactory.instance.objectNode().put("EventBusArn", bus.arn()));
  }

  private static Optional<String> deadLetters(ObjectNode input) {
    Optional<String> queue = text(input.path("DeadLetterConfig"), "Arn");
    queue.filter(arn -> !arn.isEmpty()).ifPresent(LocalScope::requireDeadLetterQueue);
    return queue;
  }

  private synchronized JsonNode update(ObjectNode input) {
    Bus before = bus(registry, input.path("Name").asText("default"));
    Bus bus =
        before.with(
            text(input, "Description").or(before::description),
            deadLetters(input).or(before::deadLetters),
            timeline.now());
    registry.buses.put(bus.name(), bus);
    return updateResponse(
        bus, JsonNodeFactory.instance.objectNode().put("Arn", bus.arn()).put("Name", bus.name()));
  }

  private static ObjectNode updateResponse(Bus bus, ObjectNode out) {
    bus.description().ifPresent(text -> out.put("Description", text));
    bus.deadLetters().ifPresent(queue -> out.putObject("DeadLetterConfig").put("Arn", queue));
    return out;
  }

  private static ObjectNode describeResponse(Bus bus) {
    ObjectNode out =
        updateResponse(
            bus,
            JsonNodeFactory.instance.objectNode().put("Name", bus.name()).put("Arn", bus.arn()));
    if (!bus.policy().isEmpty()) {
      out.put("Policy", policy(bus.policy()));
    }
    return out.put("CreationTime", Registry.seconds(bus.created()))
        .put("LastModifiedTime", Registry.seconds(bus.modified()));
  }

  static String policy(Map<String, ObjectNode> statements) {
    ObjectNode policy = JsonNodeFactory.instance.objectNode().put("Version", "2012-10-17");
    policy.putArray("Statement").addAll(statements.values());
    return policy.toString();
  }

  /** Deleting one that is not there is no error. */
  private synchronized JsonNode delete(ObjectNode input) {
    String name = input.path("Name").asText();
    if (name.equals("default")) {
      throw AwsException.badRequest("ValidationException", "Cannot delete event bus default.");
    }
    Optional<Bus> bus = registry.bus(name);
    if (bus.isPresent() && !bus.get().rules().isEmpty()) {
      throw AwsException.badRequest(
          "ValidationException", "Event bus " + name + " can't be deleted since it has rules.");
    }
    bus.ifPresent(
        gone -> {
          registry.buses.remove(name);
          registry.tags.remove(gone.arn());
        });
    return JsonNodeFactory.instance.objectNode();
  }
}

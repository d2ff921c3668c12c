package agentpost.local.eventbridge;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Replays of an archive: its events between two times go to the bus's rules again, or to those that the destination's filter names. */
final class Replays {
  private final Registry registry;
  private final Engine engine;

  Replays(Registry registry, Engine engine) {
    this.registry = registry;
    this.engine = engine;
  }

  ObjectNode start(ObjectNode input) {
    EventBridge.require(input, "ReplayName", "EventSourceArn", "EventStartTime", "EventEndTime", "Destination");
    String name = input.path("ReplayName").asText();
    String source = input.path("EventSourceArn").asText();
    Registry.Archive archive =
        registry.archives.values().stream()
            .filter(one -> one.arn().equals(source))
            .findFirst()
            .orElseThrow(() -> AwsException.badRequest("ResourceNotFoundException", "Archive " + source + " does not exist."));
    Registry.Bus bus =
        registry
            .bus(input.path("Destination").path("Arn").asText())
            .orElseThrow(() -> AwsException.badRequest("ResourceNotFoundException", "Event bus does not exist."));
    List<String> rules = new ArrayList<>();
    input.path("Destination").path("FilterArns").forEach(arn -> rules.add(arn.asText()));
    Registry.Replay replay =
        new Registry.Replay(name, source, instant(input.path("EventStartTime")), instant(input.path("EventEndTime")), rules, engine.timeline().now());
    if (registry.replays.putIfAbsent(name, replay) != null) {
      throw AwsException.badRequest("ResourceAlreadyExistsException", "Replay " + name + " already exists.");
    }
    for (Registry.Archived archived : archive.events()) {
      if (!archived.at().isBefore(replay.from()) && archived.at().isBefore(replay.to())) {
        again(PutEvents.read(archived.event()), replay, bus);
      }
    }
    return JsonNodeFactory.instance.objectNode().put("ReplayArn", replay.arn()).put("State", "STARTING").put("ReplayStartTime", seconds(replay.started()));
  }

  private void again(ObjectNode event, Registry.Replay replay, Registry.Bus bus) {
    ObjectNode replayed = JsonNodeFactory.instance.objectNode();
    event
        .properties()
        .forEach(
            field -> {
              replayed.set(field.getKey(), field.getValue());
              if (field.getKey().equals("region")) {
                replayed.put("replay-name", replay.name());
              }
            });
    for (String rule : bus.matcher().matching(replayed.toString())) {
      Registry.Rule found = bus.rules().get(rule);
      if (found != null && (replay.rules().isEmpty() || replay.rules().contains(found.arn()))) {
        JsonNode own = event.path("detail").path("event_id");
        engine.deliver(bus, rule, replayed, own.asText(event.path("id").asText()));
      }
    }
  }

  ObjectNode describe(ObjectNode input) {
    Registry.Replay replay = registry.replays.get(input.path("ReplayName").asText());
    if (replay == null) {
      throw AwsException.badRequest("ResourceNotFoundException", "Replay " + input.path("ReplayName").asText() + " does not exist.");
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("ReplayName", replay.name())
        .put("ReplayArn", replay.arn())
        .put("EventSourceArn", replay.archiveArn())
        .put("State", "COMPLETED")
        .put("EventStartTime", seconds(replay.from()))
        .put("EventEndTime", seconds(replay.to()));
  }

  private static Instant instant(JsonNode seconds) {
    return Instant.ofEpochMilli((long) (seconds.asDouble() * 1000));
  }

  static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }
}

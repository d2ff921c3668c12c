package agentpost.local.eventbridge;

import static agentpost.local.eventbridge.EventBridge.required;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Replays of an archive: its events between two times, by the time in the event, go to the bus's rules again, or to those that the destination's
 * filter names; a minute's after the other (EventBridge user guide, "Replaying archived events").
 */
final class Replays {
  private static final Pattern NAME = Pattern.compile("[.\\-_A-Za-z0-9]{1,64}");

  /** Of an account in a region. */
  private static final int MOST_AT_ONCE = 10;

  private final Registry registry;
  private final Engine engine;

  Replays(Registry registry, Engine engine) {
    this.registry = registry;
    this.engine = engine;
  }

  Map<String, JsonService.Operation> operations() {
    return Map.of("StartReplay", this::start, "DescribeReplay", input -> found(input).described(), "CancelReplay", this::cancel, "ListReplays", this::list);
  }

  private synchronized ObjectNode start(ObjectNode input) {
    EventBridge.require(input, "ReplayName", "EventSourceArn", "EventStartTime", "EventEndTime", "Destination");
    Replay.Order order = order(input);
    if (registry.replays.values().stream().filter(replay -> !replay.state().isOver()).count() >= MOST_AT_ONCE) {
      throw AwsException.badRequest("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    Replay replay = new Replay(order);
    if (registry.replays.putIfAbsent(order.name(), replay) != null) {
      throw AwsException.badRequest("ResourceAlreadyExistsException", "Replay " + order.name() + " already exists.");
    }
    Map<Instant, List<String>> minutes = new TreeMap<>();
    for (Registry.Archived archived : order.archive().events()) {
      Instant time = time(PutEvents.read(archived.event()));
      boolean isKept = order.archive().retentionDays() == 0 || archived.at().plus(Duration.ofDays(order.archive().retentionDays())).isAfter(order.started());
      if (isKept && !time.isBefore(order.from()) && time.isBefore(order.to())) {
        minutes.computeIfAbsent(time.truncatedTo(ChronoUnit.MINUTES), _ -> new ArrayList<>()).add(archived.event());
      }
    }
    next(replay, minutes.values().iterator());
    return JsonNodeFactory.instance.objectNode().put("ReplayArn", order.arn()).put("State", "STARTING").put("ReplayStartTime", seconds(order.started()));
  }

  private Replay.Order order(ObjectNode input) {
    String name = input.path("ReplayName").asText();
    if (!NAME.matcher(name).matches()) {
      throw AwsException.badRequest(
          "ValidationException", "1 validation error detected: Value at 'replayName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+");
    }
    String source = input.path("EventSourceArn").asText();
    Registry.Archive archive =
        registry.archives.values().stream()
            .filter(one -> one.arn().equals(source))
            .findFirst()
            .orElseThrow(() -> AwsException.badRequest("ResourceNotFoundException", "Archive " + source + " does not exist."));
    Registry.Bus bus =
        registry
            .bus(input.path("Destination").path("Arn").asText())
            .filter(one -> one.arn().equals(archive.busArn()))
            .orElseThrow(() -> AwsException.badRequest("ValidationException", "Parameter Destination.Arn is not valid. Reason: it must be the archive's event bus."));
    List<String> rules = new ArrayList<>();
    input.path("Destination").path("FilterArns").forEach(arn -> rules.add(arn.asText()));
    Instant from = instant(input.path("EventStartTime"));
    Instant to = instant(input.path("EventEndTime"));
    if (!from.isBefore(to)) {
      throw AwsException.badRequest("ValidationException", "Parameter EventEndTime is not valid. Reason: it must be later than EventStartTime.");
    }
    return new Replay.Order(name, archive, bus, from, to, List.copyOf(rules), engine.timeline().now());
  }

  private void next(Replay replay, Iterator<List<String>> minutes) {
    engine.timeline().after(Duration.ZERO, () -> minute(replay, minutes));
  }

  private void minute(Replay replay, Iterator<List<String>> minutes) {
    Instant now = engine.timeline().now();
    Replay.Order order = replay.order();
    if (!replay.goOn(now)) {
      return;
    }
    if (!registry.archives.containsValue(order.archive()) || registry.bus(order.bus().name()).isEmpty()) {
      replay.end(Replay.State.FAILED, Optional.of("The archive or its event bus was deleted."), now);
    } else if (minutes.hasNext()) {
      for (String text : minutes.next()) {
        ObjectNode event = PutEvents.read(text);
        again(event, order);
        replay.replayed(time(event));
      }
      next(replay, minutes);
    } else {
      replay.end(Replay.State.COMPLETED, Optional.empty(), now);
    }
  }

  private void again(ObjectNode event, Replay.Order replay) {
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
    Registry.Bus bus = replay.bus();
    for (String rule : bus.matcher().matching(replayed.toString())) {
      Registry.Rule found = bus.rules().get(rule);
      if (found != null && (replay.rules().isEmpty() || replay.rules().contains(found.arn()))) {
        JsonNode own = event.path("detail").path("event_id");
        engine.deliver(bus, rule, replayed, own.asText(event.path("id").asText()));
      }
    }
  }

  private Replay found(ObjectNode input) {
    Replay replay = registry.replays.get(required(input, "ReplayName"));
    if (replay == null) {
      throw AwsException.badRequest("ResourceNotFoundException", "Replay " + input.path("ReplayName").asText() + " does not exist.");
    }
    return replay;
  }

  private JsonNode cancel(ObjectNode input) {
    Replay replay = found(input);
    if (!replay.cancel()) {
      throw AwsException.badRequest("IllegalStatusException", "Replay " + replay.order().name() + " is not in a valid state for this operation.");
    }
    return JsonNodeFactory.instance.objectNode().put("ReplayArn", replay.order().arn()).put("State", replay.state().name());
  }

  private JsonNode list(ObjectNode input) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    ArrayNode list = out.putArray("Replays");
    String prefix = input.path("NamePrefix").asText("");
    String state = input.path("State").asText("");
    String archive = input.path("EventSourceArn").asText("");
    for (Replay replay : registry.replays.values()) {
      ObjectNode one = replay.described();
      if (replay.order().name().startsWith(prefix)
          && (state.isEmpty() || one.path("State").asText().equals(state))
          && (archive.isEmpty() || one.path("EventSourceArn").asText().equals(archive))) {
        one.remove(List.of("ReplayArn", "Destination"));
        list.add(one);
      }
    }
    return out;
  }

  private static Instant time(ObjectNode event) {
    return Instant.parse(event.path("time").asText());
  }

  private static Instant instant(JsonNode seconds) {
    return Instant.ofEpochMilli((long) (seconds.asDouble() * 1000));
  }

  static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }
}

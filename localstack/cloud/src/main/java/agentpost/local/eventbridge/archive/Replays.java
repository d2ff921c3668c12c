package agentpost.local.eventbridge.archive;

import agentpost.local.eventbridge.control.EventBuses;
import agentpost.local.eventbridge.control.Paging;
import agentpost.local.eventbridge.delivery.AcceptedEvent;
import agentpost.local.eventbridge.delivery.Engine;
import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.registry.ArchivedEvents;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.registry.Replay;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Replays of an archive: its events between two times, by the time in the event, go to the bus's
 * rules again, or to those that the destination's filter names; a minute's after the other
 * (EventBridge user guide, "Replaying archived events").
 */
public final class Replays {
  /** Of an account in a region. */
  private static final int MAX_CONCURRENT = 10;

  private final Registry registry;
  private final Engine engine;

  public Replays(Registry registry, Engine engine) {
    this.registry = registry;
    this.engine = engine;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.of(
        "StartReplay",
        this::start,
        "DescribeReplay",
        input -> require(input).describe(),
        "CancelReplay",
        this::cancel,
        "ListReplays",
        this::list);
  }

  private synchronized ObjectNode start(ObjectNode input) {
    Replay.Order order = order(input);
    if (registry.replays.values().stream().filter(replay -> !replay.state().isOver()).count()
        >= MAX_CONCURRENT) {
      throw AwsException.badRequest(
          "LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    Replay replay = new Replay(order);
    if (registry.replays.putIfAbsent(order.name(), replay) != null) {
      throw AwsException.badRequest(
          "ResourceAlreadyExistsException", "Replay " + order.name() + " already exists.");
    }
    long end = order.archive().events().end();
    engine.timeline().schedule(Duration.ZERO, () -> begin(replay, end));
    return JsonNodeFactory.instance
        .objectNode()
        .put("ReplayArn", order.arn())
        .put("State", "STARTING")
        .put("ReplayStartTime", Registry.seconds(order.started()));
  }

  private Replay.Order order(ObjectNode input) {
    String name = input.path("ReplayName").asText();
    Instant from = instant(input.path("EventStartTime"));
    Instant to = instant(input.path("EventEndTime"));
    if (!from.isBefore(to)) {
      throw AwsException.badRequest(
          "ValidationException",
          "Parameter EventEndTime is not valid. Reason: EventStartTime must be before"
              + " EventEndTime.");
    }
    String source = input.path("EventSourceArn").asText();
    Registry.Archive archive =
        registry.archives.values().stream()
            .filter(one -> one.arn().equals(source))
            .findFirst()
            .orElseThrow(
                () ->
                    AwsException.badRequest(
                        "ValidationException",
                        "Parameter EventSourceArn is not valid. Reason: Archive "
                            + source.replaceFirst("^.*/", "")
                            + " does not exist."));
    Registry.Bus bus = EventBuses.bus(registry, input.path("Destination").path("Arn").asText());
    if (!bus.arn().equals(archive.busArn())) {
      throw AwsException.badRequest(
          "ValidationException",
          "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not"
              + " permitted.");
    }
    List<String> rules = new ArrayList<>();
    input.path("Destination").path("FilterArns").forEach(arn -> rules.add(arn.asText()));
    return new Replay.Order(
        name,
        archive,
        bus,
        from,
        to,
        List.copyOf(rules),
        EventBuses.text(input, "Description"),
        engine.timeline().now());
  }

  /**
   * @param end of what was archived when the replay was asked for
   */
  private void begin(Replay replay, long end) {
    Replay.Order order = replay.order();
    if (goesOn(replay)) {
      int days = order.archive().retentionDays();
      Instant archivedAfter =
          days == 0 ? Instant.MIN : order.started().minus(Duration.ofDays(days));
      minute(
          replay,
          order
              .archive()
              .events()
              .minutes(new ArchivedEvents.Range(order.from(), order.to(), archivedAfter), end));
    }
  }

  private boolean goesOn(Replay replay) {
    Instant now = engine.timeline().now();
    Replay.Order order = replay.order();
    if (!replay.goOn(now)) {
      return false;
    }
    if (registry.archives.values().stream()
            .noneMatch(archive -> archive.events() == order.archive().events())
        || registry.bus(order.bus().name()).isEmpty()) {
      replay.end(
          Replay.State.FAILED, Optional.of("The archive or its event bus was deleted."), now);
      return false;
    }
    return true;
  }

  private void minute(Replay replay, Iterator<long[]> minutes) {
    if (!goesOn(replay)) {
      return;
    }
    if (minutes.hasNext()) {
      long[] minute = minutes.next();
      engine.timeline().schedule(Duration.ZERO, () -> events(replay, minute, 0, minutes));
    } else {
      replay.end(Replay.State.COMPLETED, Optional.empty(), engine.timeline().now());
    }
  }

  /**
   * From one event of a minute on, as far as there is room: a replay is no reason to refuse what is
   * new.
   */
  private void events(Replay replay, long[] minute, int first, Iterator<long[]> minutes) {
    for (int i = first; i < minute.length; i++) {
      if (!goesOn(replay)) {
        return;
      }
      ObjectNode event = EventJson.read(replay.order().archive().events().read(minute[i]));
      if (!replayEvent(event, replay.order())) {
        int from = i;
        engine.whenThereIsRoom(() -> events(replay, minute, from, minutes));
        return;
      }
      replay.recordReplayed(AcceptedEvent.timeOf(event));
    }
    minute(replay, minutes);
  }

  /** False if there is no room for it now. */
  private boolean replayEvent(ObjectNode event, Replay.Order replay) {
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
    List<String> rules =
        bus.matcher().findMatching(replayed.toString()).stream()
            .filter(rule -> isWanted(replay, bus.rules().get(rule)))
            .toList();
    return engine.deliver(bus, rules, replayed);
  }

  private static boolean isWanted(Replay.Order replay, Registry.@Nullable Rule rule) {
    return rule != null && (replay.rules().isEmpty() || replay.rules().contains(rule.arn()));
  }

  private Replay require(ObjectNode input) {
    Replay replay = registry.replays.get(input.path("ReplayName").asText());
    if (replay == null) {
      throw AwsException.badRequest(
          "ResourceNotFoundException",
          "Replay " + input.path("ReplayName").asText() + " does not exist.");
    }
    return replay;
  }

  private JsonNode cancel(ObjectNode input) {
    Replay replay = require(input);
    if (!replay.cancel()) {
      throw AwsException.badRequest(
          "IllegalStatusException",
          "Replay " + replay.order().name() + " is not in a valid state for this operation.");
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("ReplayArn", replay.order().arn())
        .put("State", replay.state().name());
  }

  private JsonNode list(ObjectNode input) {
    Paging.oneFilter(input, "ListReplays");
    Optional<String> state = EventBuses.text(input, "State");
    Optional<String> archive = EventBuses.text(input, "EventSourceArn");
    return Paging.page(
        input,
        "Replays",
        registry.replays,
        (_, replay) -> {
          ObjectNode one = replay.describe();
          boolean wanted =
              state.map(one.path("State").asText()::equals).orElse(true)
                  && archive.map(one.path("EventSourceArn").asText()::equals).orElse(true);
          return wanted
              ? one.without(List.of("ReplayArn", "Destination", "Description"))
              : NullNode.instance;
        });
  }

  private static Instant instant(JsonNode seconds) {
    return Instant.ofEpochMilli((long) (seconds.asDouble() * 1000));
  }
}

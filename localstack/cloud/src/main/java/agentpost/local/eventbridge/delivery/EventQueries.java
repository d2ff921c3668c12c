package agentpost.local.eventbridge.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * {@code GET /_agentpost/events}: events that buses took, with the rules that matched and the
 * deliveries that have not ended, filtered by {@code event_id}, {@code causation_id} or {@code
 * correlation_id}.
 */
public final class EventQueries implements AwsService {
  private static final Set<String> FILTERS =
      new TreeSet<>(Set.of("event_id", "causation_id", "correlation_id"));
  private static final int MAX_RESULTS = 1_000;
  private final AttemptStore events;
  private final Supplier<List<PendingDelivery>> pending;

  public EventQueries(AttemptStore events, Supplier<List<PendingDelivery>> pending) {
    this.events = events;
    this.pending = pending;
  }

  /** What is kept of an event that a bus took. */
  static ObjectNode entry(Registry.Bus bus, ObjectNode event, List<String> rules, String at) {
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("number", 0)
            .put("at", at)
            .put("event_id", AcceptedEvent.idOf(event))
            .put("id", event.path("id").asText())
            .put("bus", bus.name())
            .put("source", event.path("source").asText())
            .put("event_type", event.path("detail-type").asText());
    for (String name : List.of("correlation_id", "causation_id")) {
      String value = event.path("detail").path("metadata").path(name).asText();
      if (!value.isEmpty()) {
        entry.put(name, value);
      }
    }
    ArrayNode matched = entry.putArray("rules");
    rules.forEach(matched::add);
    return entry;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    Map<String, List<String>> query = request.query();
    if (query.isEmpty() || !FILTERS.containsAll(query.keySet())) {
      return json(
          400,
          JsonNodeFactory.instance
              .objectNode()
              .put("message", "One is needed of the filters " + String.join(", ", FILTERS)));
    }
    // Before the events: one that is over by then is over for whoever reads on.
    List<PendingDelivery> deliveries = pending.get();
    ArrayNode found = JsonNodeFactory.instance.arrayNode();
    for (String text : events.find(entry -> matchesQuery(entry, query), MAX_RESULTS)) {
      ObjectNode entry = EventJson.read(text);
      ArrayNode waiting = entry.putArray("pending");
      deliveries.stream()
          .filter(delivery -> delivery.eventId().equals(entry.path("event_id").asText()))
          .forEach(
              delivery ->
                  waiting
                      .addObject()
                      .put("rule", delivery.rule())
                      .put("attempts", delivery.attemptsMade()));
      found.add(entry);
    }
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.set("events", found);
    return json(200, all);
  }

  private static boolean matchesQuery(ObjectNode entry, Map<String, List<String>> query) {
    return query.entrySet().stream()
        .allMatch(filter -> filter.getValue().contains(entry.path(filter.getKey()).asText()));
  }

  private static AwsResponse json(int status, ObjectNode body) {
    return new AwsResponse(
        status, Map.of("Content-Type", "application/json"), body.toString().getBytes(UTF_8));
  }
}

package agentpost.cli.agents;

import agentpost.cli.events.EventCatalog;
import agentpost.cli.events.Subscription;
import agentpost.local.eventbridge.input.Patterns;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who publishes which event, as far as examples and sources say, and who receives it.
 *
 * @param published from a publisher to an event
 * @param received from an event to an agent
 */
public record EventGraph(
    SortedSet<String> publishers,
    SortedSet<String> events,
    SortedSet<String> agents,
    Set<Publication> published,
    Set<Reception> received) {

  public record Publication(String publisher, String event) {}

  /**
   * @param isConditional whether only some events of the type are received
   * @param publishers whose events of the type may be
   */
  public record Reception(
      String event, String agent, boolean isConditional, Set<String> publishers) {}

  public static EventGraph of(EventCatalog catalog) {
    SortedSet<String> publishers = new TreeSet<>();
    SortedSet<String> events = new TreeSet<>();
    SortedSet<String> agents = new TreeSet<>();
    Set<Publication> published = new LinkedHashSet<>();
    Set<Reception> received = new LinkedHashSet<>();
    catalog.subscriptions().forEach(each -> agents.add(each.agent()));
    for (EventCatalog.Event event : catalog.events()) {
      List<Subscription> subscribers = catalog.subscribers(event.type()).toList();
      if (subscribers.isEmpty() && event.publishers().isEmpty()) {
        continue;
      }
      events.add(event.type());
      publishers.addAll(event.publishers());
      event.publishers().forEach(each -> published.add(new Publication(each, event.type())));
      for (Subscription each : subscribers) {
        List<JsonNode> conditions = each.conditions(event.type());
        Set<String> heard = new TreeSet<>(event.publishers());
        heard.removeIf(publisher -> conditions.stream().noneMatch(one -> takes(one, publisher)));
        received.add(
            new Reception(
                event.type(),
                each.agent(),
                conditions.stream().noneMatch(JsonNode::isEmpty),
                heard));
      }
    }
    return new EventGraph(publishers, events, agents, published, received);
  }

  /** By what a pattern asks of the publisher alone: the rest depends on the event. */
  private static boolean takes(JsonNode condition, String publisher) {
    ObjectNode source = JsonNodeFactory.instance.objectNode().put("source", publisher);
    for (String place : List.of("/source", "/detail/metadata/source_service")) {
      JsonNode asked = condition.at(place);
      if (!asked.isMissingNode()) {
        ObjectNode pattern = JsonNodeFactory.instance.objectNode().set("source", asked);
        if (!Patterns.matches(pattern.toString(), source.toString())) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Ways from an agent by events back to it, the shortest of each, as agents and events in turn:
   * {@code a, x.happened, b, y.happened, a}.
   */
  public List<List<String>> cycles() {
    List<List<String>> cycles = new ArrayList<>();
    Set<Set<String>> seen = new LinkedHashSet<>();
    for (String agent : agents) {
      List<String> cycle = findCycle(agent);
      if (!cycle.isEmpty() && seen.add(new TreeSet<>(cycle))) {
        cycles.add(cycle);
      }
    }
    return cycles;
  }

  private List<String> findCycle(String start) {
    Map<String, List<String>> ways = new HashMap<>();
    Deque<String> next = new ArrayDeque<>();
    ways.put(start, List.of(start));
    next.add(start);
    while (!next.isEmpty()) {
      String agent = next.remove();
      List<String> way = ways.getOrDefault(agent, Collections.emptyList());
      for (Reception each : received) {
        if (each.publishers().contains(agent)) {
          List<String> longer = new ArrayList<>(way);
          longer.add(each.event());
          longer.add(each.agent());
          if (each.agent().equals(start)) {
            return longer;
          }
          if (ways.putIfAbsent(each.agent(), longer) == null) {
            next.add(each.agent());
          }
        }
      }
    }
    return List.of();
  }
}

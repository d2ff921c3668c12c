package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.cli.events.AgentRule;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Events and what becomes of them at agents, shown as it happens and kept to be held against what
 * should.
 */
final class EventStory {
  static final String RULE_PREFIX = ResourceNames.PRODUCT + "-";

  /** Accepted events of one type that are shown; a storm of more is only counted. */
  private static final int MAX_SHOWN = 12;

  private final LabelledLines screen;
  private final Map<String, String> types = new HashMap<>();
  private final Map<String, Integer> published = new HashMap<>();
  private final Map<String, String> notes = new HashMap<>();
  private final Set<String> delivered = new HashSet<>();
  private final Map<String, Integer> refused = new HashMap<>();
  private int deliveries;
  private int letters;

  EventStory(LabelledLines screen) {
    this.screen = screen;
  }

  int countPublished(String type) {
    return published.getOrDefault(type, 0);
  }

  boolean isDelivered(String agent, String type) {
    return delivered.contains(agent + " " + type);
  }

  int refusals(String agent) {
    return refused.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(agent + " "))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Deliveries that were given up. */
  int letters() {
    return letters;
  }

  String sum() {
    int events = published.values().stream().mapToInt(Integer::intValue).sum();
    return events
        + " events, "
        + deliveries
        + " deliveries, "
        + refused.values().stream().mapToInt(Integer::intValue).sum()
        + " refused attempts";
  }

  /** What an agent says it did with an event. */
  void onNote(String agent, String eventId, String note) {
    notes.put(agent + " " + eventId, note);
  }

  void onEvent(DeliveryEvent happening) {
    switch (happening) {
      case DeliveryEvent.EventAccepted(var id, _, var source, var type, var rules, _) ->
          onAccepted(id, source, type, rules);
      case DeliveryEvent.AttemptMade made ->
          AgentRule.agent(made.rule()).ifPresent(agent -> onAttempt(agent, made));
      case DeliveryEvent.DeadLettered(var id, var rule, _, var code, _, _) ->
          onGivenUp(id, rule, code);
      case DeliveryEvent.Dropped(var id, var rule, var code, _) -> onGivenUp(id, rule, code);
    }
  }

  private void onGivenUp(String id, String rule, String code) {
    letters++;
    screen.say(
        "red",
        "gave up",
        AgentRule.agent(rule).orElse(rule) + " on " + types.getOrDefault(id, id) + ": " + code);
  }

  private void onAccepted(String id, String source, String type, List<String> rules) {
    types.put(id, type);
    int number = published.merge(type, 1, Integer::sum);
    List<String> agents = AgentRule.agents(rules);
    if (number <= MAX_SHOWN) {
      screen.say(
          "bold",
          "event",
          type
              + " from "
              + source
              + (agents.isEmpty() ? "" : ", for " + String.join(", ", agents)));
    }
  }

  private void onAttempt(String agent, DeliveryEvent.AttemptMade made) {
    String type = types.getOrDefault(made.eventId(), made.eventId());
    String key = agent + " " + made.eventId();
    int before = refused.getOrDefault(key, 0);
    String row = String.format(Locale.ROOT, "%-19s %s", agent, type);
    if (made.status().filter(code -> code / 100 == 2).isPresent()) {
      deliveries++;
      delivered.add(agent + " " + type);
      if (countPublished(type) <= MAX_SHOWN) {
        screen.say(
            "green", "delivered", row + (before == 0 ? "" : ", at attempt " + made.attempt()));
        if (notes.containsKey(key)) {
          screen.say("", "", "  " + notes.get(key));
        }
      }
    } else {
      refused.merge(key, 1, Integer::sum);
      if (before == 0) {
        String status = made.status().map(String::valueOf).orElse(made.outcome());
        String wait =
            made.nextWait()
                .map(
                    next ->
                        String.format(
                            Locale.ROOT, "; again in %.0f s, and so on", next.toMillis() / 1000.0))
                .orElse("");
        screen.say("yellow", "refused", row + ": " + status + wait);
      }
    }
  }
}

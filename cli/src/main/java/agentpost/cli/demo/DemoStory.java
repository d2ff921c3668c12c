package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of one event, shown as it happens and kept to be held against what should become of
 * it. An agent acts and publishes before it answers; here both stand below the delivery that made
 * it do so.
 */
final class DemoStory {
  /** What one agent publishes when it has heard the others' answers. */
  private static final String JOINED = "onboarding.completed";

  /** What each agent answers the example with. */
  private static final SortedMap<String, String> ANSWERS =
      new TreeMap<>(
          Map.of(
              "onboarding-coordinator", JOINED,
              "personalization-agent", "features.suggested",
              "support-notification", "support.alerted",
              "trial-monitor", "trial.started",
              "welcome-agent", "email.sent"));

  /** Each as its secret is named. */
  static final List<String> WATCHED_SENDERS =
      ANSWERS.keySet().stream().map("agents/"::concat).toList();

  private static final String RULE_PREFIX = ResourceNames.PRODUCT + "-";

  /** What a function said about an attempt that it has not answered yet. */
  private record AgentResponse(String scheme, String note) {}

  private final LabelledLines screen;
  private final String eventId;
  private final Map<String, AgentResponse> said = new HashMap<>();
  private final Map<String, List<String>> published = new HashMap<>();
  private final Set<String> subscribers = new HashSet<>();
  private final Set<String> delivered = new HashSet<>();
  private final Set<String> acted = new HashSet<>();
  private final Set<String> givenUp = new HashSet<>();
  private int failedAttempts;
  private int refusedByDown;
  private int eventsOnTheBus;

  DemoStory(LabelledLines screen, String eventId) {
    this.screen = screen;
    this.eventId = eventId;
  }

  void onLogLine(String function, JsonNode line) {
    String agent = line.path("agent").asText(function);
    if (line.path("outcome").asText().equals("done")) {
      said.put(agent, new AgentResponse(line.path("scheme").asText(), line.path("note").asText()));
    } else if (line.has("reason")) {
      screen.say("red", "function", agent + ": " + line.path("reason").asText());
    }
  }

  void onEvent(DeliveryEvent happening) {
    switch (happening) {
      case DeliveryEvent.EventAccepted(var id, _, var source, var type, var rules, _) ->
          onAccepted(id, source, type, rules);
      case DeliveryEvent.AttemptMade made
          when made.eventId().equals(eventId) && isAgent(made.rule()) ->
          onAttempt(made);
      case DeliveryEvent.AttemptMade _ -> {}
      case DeliveryEvent.DeadLettered(_, var rule, _, var code, _, var attempts) ->
          onGivenUp(
              rule, "after " + attempts + (attempts == 1 ? " attempt: " : " attempts: ") + code);
      case DeliveryEvent.Dropped(_, var rule, var code, var message) ->
          onGivenUp(rule, "with no dead-letter queue: " + code + " " + message);
    }
  }

  private void onAccepted(String id, String source, String type, List<String> rules) {
    eventsOnTheBus++;
    if (id.equals(eventId)) {
      rules.stream().filter(DemoStory::isAgent).map(DemoStory::agent).forEach(subscribers::add);
      screen.say("bold", "accepted", type + "  " + id + "  for " + subscribers.size() + " agents");
    } else {
      published.computeIfAbsent(source, _ -> new ArrayList<>()).add(type);
      if (type.equals(JOINED)) {
        screen.say("cyan", "joined", source + " has heard from all whom it waited for: " + JOINED);
      }
    }
  }

  private void onAttempt(DeliveryEvent.AttemptMade made) {
    String agent = agent(made.rule());
    if (made.status().filter(code -> code / 100 == 2).isPresent()) {
      delivered.add(agent);
      AgentResponse what = said.get(agent);
      screen.say("green", "delivered", row(made, what == null ? "" : what.scheme()));
      if (what != null) {
        acted.add(agent);
        screen.say(
            "",
            "",
            "  "
                + what.note()
                + "; published "
                + String.join(", ", published.getOrDefault(agent, List.of("nothing"))));
      }
    } else {
      failedAttempts++;
      refusedByDown += agent.equals(UnavailableAgent.NAME) ? 1 : 0;
      String wait =
          made.nextWait()
              .map(
                  next -> String.format(Locale.ROOT, "  again in %.1f s", next.toMillis() / 1000.0))
              .orElse("  no attempts left");
      screen.say("yellow", "refused", row(made, "") + wait);
    }
  }

  private static String row(DeliveryEvent.AttemptMade made, String scheme) {
    String status = made.status().map(String::valueOf).orElse(made.outcome());
    return String.format(
        Locale.ROOT,
        "%-22s attempt %d  %-8s  %s  %4d ms",
        agent(made.rule()),
        made.attempt(),
        scheme.isEmpty() ? "-" : scheme,
        status,
        made.took().toMillis());
  }

  private void onGivenUp(String rule, String why) {
    givenUp.add(agent(rule));
    screen.say("red", "gave up", agent(rule) + " " + why);
  }

  /** The rule that logs every event is no agent's. */
  private static boolean isAgent(String rule) {
    return !rule.equals(RULE_PREFIX + "log");
  }

  private static String agent(String rule) {
    return rule.startsWith(RULE_PREFIX) ? rule.substring(RULE_PREFIX.length()) : rule;
  }

  /** Nothing more will happen to the event, nor to what was published because of it. */
  boolean isOver() {
    boolean joined = published.values().stream().anyMatch(types -> types.contains(JOINED));
    return joined
        && !subscribers.isEmpty()
        && subscribers.stream()
            .allMatch(agent -> delivered.contains(agent) || givenUp.contains(agent));
  }

  List<String> findMissing() {
    List<String> missing = new ArrayList<>();
    if (subscribers.isEmpty()) {
      missing.add("the event on the bus");
      return missing;
    }
    ANSWERS.forEach(
        (agent, answer) -> {
          if (!subscribers.contains(agent)) {
            missing.add(
                "the rule " + RULE_PREFIX + agent + ": " + agent + " does not hear the event");
          } else if (!delivered.contains(agent)) {
            missing.add("a delivery to " + agent);
          } else if (!acted.contains(agent)) {
            missing.add(agent + " acting on the event");
          } else if (!published.getOrDefault(agent, List.of()).contains(answer)) {
            missing.add("the event " + answer + " from " + agent);
          }
        });
    if (refusedByDown != UnavailableAgent.MAX_RETRIES + 1) {
      missing.add(
          (UnavailableAgent.MAX_RETRIES + 1)
              + " refused attempts at "
              + UnavailableAgent.NAME
              + "; there were "
              + refusedByDown);
    }
    if (!givenUp.contains(UnavailableAgent.NAME)) {
      missing.add("EventBridge giving up on " + UnavailableAgent.NAME);
    }
    return missing;
  }

  /** Equations, so that a reader can hold each figure against the lines above. */
  List<String> sums() {
    int answers = published.values().stream().mapToInt(List::size).sum();
    return List.of(
        String.format(
            Locale.ROOT,
            "%d agents = %d delivered + %d dead-lettered",
            subscribers.size(),
            delivered.size(),
            givenUp.size()),
        String.format(
            Locale.ROOT,
            "%d attempts = %d delivered + %d refused",
            delivered.size() + failedAttempts,
            delivered.size(),
            failedAttempts),
        String.format(
            Locale.ROOT,
            "%d events on the bus = %d put + %d published by agents",
            eventsOnTheBus,
            eventsOnTheBus - answers,
            answers));
  }
}

package agentpost.cli;

import agentpost.local.eventbridge.DeliveryListener.Happening;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What becomes of leads, shown as it happens and kept to be held against what should. */
final class LeadsStory {
  private static final String RULE_PREFIX = "agentpost-";

  private final Screen screen;
  private final Map<String, String> types = new HashMap<>();
  private final Map<String, Integer> published = new HashMap<>();
  private final Map<String, String> notes = new HashMap<>();
  private final Set<String> delivered = new HashSet<>();
  private final Map<String, Integer> refused = new HashMap<>();
  private int deliveries;
  private int accepted;
  private int calledBack;
  private int tooLate;

  LeadsStory(Screen screen) {
    this.screen = screen;
  }

  int published(String type) {
    return published.getOrDefault(type, 0);
  }

  boolean isDelivered(String agent, String type) {
    return delivered.contains(agent + " " + type);
  }

  int refusals(String agent) {
    return refused.entrySet().stream().filter(entry -> entry.getKey().startsWith(agent + " ")).mapToInt(Map.Entry::getValue).sum();
  }

  /** Requests that the processor has accepted. */
  int accepted() {
    return accepted;
  }

  int calledBack() {
    return calledBack;
  }

  /** Callbacks that came after the deadline. */
  int tooLate() {
    return tooLate;
  }

  String sum() {
    int events = published.values().stream().mapToInt(Integer::intValue).sum();
    return events + " events, " + deliveries + " deliveries, " + refused.values().stream().mapToInt(Integer::intValue).sum() + " refused attempts";
  }

  void happened(Happening happening) {
    switch (happening) {
      case Happening.EventAccepted(var id, _, var source, var type, var rules) -> {
        types.put(id, type);
        published.merge(type, 1, Integer::sum);
        List<String> agents = rules.stream().filter(LeadsStory::isAgent).map(LeadsStory::agent).toList();
        screen.say("bold", "event", type + " from " + source + (agents.isEmpty() ? "" : ", for " + String.join(", ", agents)));
      }
      case Happening.AttemptMade made when isAgent(made.rule()) -> attempted(made);
      case Happening.AttemptMade _ -> {}
      case Happening.DeadLettered(var id, var rule, _, var code, _, _) -> screen.say("red", "gave up", agent(rule) + " on " + types.getOrDefault(id, id) + ": " + code);
      case Happening.Dropped(var id, var rule, var code, _) -> screen.say("red", "gave up", agent(rule) + " on " + types.getOrDefault(id, id) + ": " + code);
    }
  }

  private void attempted(Happening.AttemptMade made) {
    String agent = agent(made.rule());
    String type = types.getOrDefault(made.eventId(), made.eventId());
    String key = agent + " " + made.eventId();
    int before = refused.getOrDefault(key, 0);
    String row = String.format(Locale.ROOT, "%-19s %s", agent, type);
    if (made.status().filter(code -> code / 100 == 2).isPresent()) {
      deliveries++;
      delivered.add(agent + " " + type);
      screen.say("green", "delivered", row + (before == 0 ? "" : ", at attempt " + made.attempt()));
      if (notes.containsKey(key)) {
        screen.say("", "", "  " + notes.get(key));
      }
    } else {
      refused.merge(key, 1, Integer::sum);
      if (before == 0) {
        String status = made.status().map(String::valueOf).orElse(made.outcome());
        String wait = made.nextWait().map(next -> String.format(Locale.ROOT, "; again in %.0f s, and so on", next.toMillis() / 1000.0)).orElse("");
        screen.say("yellow", "refused", row + ": " + status + wait);
      }
    }
  }

  void logged(String function, JsonNode line) {
    String outcome = line.path("outcome").asText();
    switch (function) {
      case RULE_PREFIX + "process-data" -> {
        if (outcome.equals("accepted")) {
          accepted++;
          screen.say("cyan", "accepted", "the calendar has operation " + operation(line) + ": " + line.path("status").asText() + ", queued");
        }
      }
      case RULE_PREFIX + "calendar" -> worked(line, outcome);
      case RULE_PREFIX + "process-complete" -> {
        if (line.path("status").asInt() == 200) {
          screen.say("cyan", "callback", "signature verified; " + operation(line) + " is " + line.path("operation_status").asText());
        }
      }
      case RULE_PREFIX + "deadlines" -> {
        int timedOut = line.path("figures").path("timed_out").asInt();
        if (timedOut > 0) {
          screen.say("yellow", "deadline", timedOut + " operation past its deadline: TIMED_OUT");
        }
      }
      default -> agentLogged(line);
    }
  }

  private void worked(JsonNode line, String outcome) {
    if (outcome.equals("called back")) {
      calledBack++;
      screen.say("cyan", "worked", "the calendar has done " + operation(line) + " and called back: " + line.path("status").asText());
    } else if (outcome.equals("called back too late")) {
      tooLate++;
      screen.say("yellow", "too late", "the calendar has done " + operation(line) + " and called back: " + line.path("status").asText() + ", refused" + (line.path("undone").asBoolean() ? "; its slot is free again" : ""));
    }
  }

  private void agentLogged(JsonNode line) {
    if (line.has("_aws")) {
      List<String> metrics = new ArrayList<>();
      line.path("_aws").findValues("Name").forEach(name -> metrics.add(name.asText() + " " + line.path(name.asText()).asText()));
      screen.say("cyan", "metric", String.join(", ", metrics));
    } else if (line.path("outcome").asText().equals("done")) {
      notes.put(line.path("agent").asText() + " " + line.path("event_id").asText(), line.path("note").asText());
    }
  }

  /** The first part of its id, enough to tell one from another. */
  private static String operation(JsonNode line) {
    return line.path("operation_id").asText().replaceFirst("-.*", "");
  }

  /** The rule that logs every event is no agent's. */
  private static boolean isAgent(String rule) {
    return !rule.equals(RULE_PREFIX + "log");
  }

  private static String agent(String rule) {
    return rule.startsWith(RULE_PREFIX) ? rule.substring(RULE_PREFIX.length()) : rule;
  }
}

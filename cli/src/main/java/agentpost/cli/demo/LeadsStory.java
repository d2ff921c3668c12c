package agentpost.cli.demo;

import agentpost.cli.terminal.LabelledLines;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What becomes of leads, shown as it happens and kept to be held against what should. */
final class LeadsStory {
  private final LabelledLines screen;
  private final EventStory events;
  private int accepted;
  private int calledBack;
  private int tooLate;

  LeadsStory(LabelledLines screen) {
    this.screen = screen;
    this.events = new EventStory(screen);
  }

  EventStory events() {
    return events;
  }

  /** Requests that the processor has accepted. */
  int countAccepted() {
    return accepted;
  }

  int countCallbacks() {
    return calledBack;
  }

  /** Callbacks that came after the deadline. */
  int countLate() {
    return tooLate;
  }

  void onLogLine(String function, JsonNode line) {
    String outcome = line.path("outcome").asText();
    switch (function) {
      case EventStory.RULE_PREFIX + "process-data" -> {
        if (outcome.equals("accepted")) {
          accepted++;
          screen.say(
              "cyan",
              "accepted",
              "the calendar has operation "
                  + operation(line)
                  + ": "
                  + line.path("status").asText()
                  + ", queued");
        }
      }
      case EventStory.RULE_PREFIX + "calendar" -> onWork(line, outcome);
      case EventStory.RULE_PREFIX + "callback-handler" -> {
        if (line.path("status").asInt() == 200) {
          screen.say(
              "cyan",
              "callback",
              "signature verified; "
                  + operation(line)
                  + " is "
                  + line.path("operation_status").asText());
        }
      }
      case EventStory.RULE_PREFIX + "timeout-handler" -> {
        int timedOut = line.path("figures").path("timed_out").asInt();
        if (timedOut > 0) {
          screen.say("yellow", "deadline", timedOut + " operation past its deadline: TIMED_OUT");
        }
      }
      default -> agentLogged(line);
    }
  }

  private void onWork(JsonNode line, String outcome) {
    if (outcome.equals("callback-taken")) {
      calledBack++;
      screen.say(
          "cyan",
          "worked",
          "the calendar has done "
              + operation(line)
              + " and called back: "
              + line.path("status").asText());
    } else if (outcome.equals("callback-too-late")) {
      tooLate++;
      screen.say(
          "yellow",
          "too late",
          "the calendar has done "
              + operation(line)
              + " and called back: "
              + line.path("status").asText()
              + ", refused"
              + (line.path("undone").asBoolean() ? "; its slot is free again" : ""));
    }
  }

  private void agentLogged(JsonNode line) {
    if (line.has("_aws")) {
      List<String> metrics = new ArrayList<>();
      line.path("_aws")
          .findValues("Name")
          .forEach(name -> metrics.add(name.asText() + " " + line.path(name.asText()).asText()));
      screen.say("cyan", "metric", String.join(", ", metrics));
    } else if (line.path("outcome").asText().equals("done")) {
      events.onNote(
          line.path("agent").asText(), line.path("event_id").asText(), line.path("note").asText());
    }
  }

  /** The first part of its id, enough to tell one from another. */
  private static String operation(JsonNode line) {
    return line.path("operation_id").asText().replaceFirst("^.*\\.", "").replaceFirst("-.*", "");
  }
}

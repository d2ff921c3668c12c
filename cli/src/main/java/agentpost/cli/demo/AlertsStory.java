package agentpost.cli.demo;

import agentpost.cli.terminal.LabelledLines;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the aggregator says it did, and what the doors say they took; kept to be held against what
 * should.
 */
final class AlertsStory {
  private final EventStory events;
  private final List<String> notes = new ArrayList<>();
  private int repeated;

  AlertsStory(LabelledLines screen) {
    this.events = new EventStory(screen);
  }

  EventStory events() {
    return events;
  }

  /** Events that the aggregator got again and did not act on. */
  int countRepeated() {
    return repeated;
  }

  /** What the aggregator noted in these words. */
  long countNoted(String note) {
    return notes.stream().filter(note::equals).count();
  }

  void onLogLine(JsonNode line) {
    String agent = line.path("agent").asText();
    String outcome = line.path("outcome").asText();
    if (outcome.equals("done")) {
      events.onNote(agent, line.path("event_id").asText(), line.path("note").asText());
    }
    if (outcome.equals("already-done")) {
      events.onNote(agent, line.path("event_id").asText(), "done already: not acted on again");
    }
    if (agent.equals("alert-aggregator")) {
      if (outcome.equals("done")) {
        notes.add(line.path("note").asText());
      }
      repeated += outcome.equals("already-done") ? 1 : 0;
    }
  }
}

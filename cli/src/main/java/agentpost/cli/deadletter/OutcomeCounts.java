package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How many events had which outcome, over all answers of the redrive's function. */
public final class OutcomeCounts {
  private int delivered;
  private int refused;
  private int notAttempted;
  private int wouldDeliver;

  OutcomeCounts() {}

  /**
   * @param outcome as the function's answer has it
   */
  void add(JsonNode outcome) {
    switch (outcome.path("outcome").asText()) {
      case "delivered" -> delivered++;
      case "refused" -> refused++;
      case "would_deliver" -> wouldDeliver++;
      default -> notAttempted++;
    }
  }

  /** Events that no answer names, for the function stopped before them. */
  void addNotAttempted(int events) {
    notAttempted += events;
  }

  int delivered() {
    return delivered;
  }

  int wouldDeliver() {
    return wouldDeliver;
  }

  /** Without those of a dry run. */
  int total() {
    return delivered + refused + notAttempted;
  }

  @Override
  public String toString() {
    return delivered + " delivered, " + refused + " refused, " + notAttempted + " not attempted";
  }

  /** One outcome for people. */
  public static String describe(JsonNode outcome) {
    String kind = outcome.path("outcome").asText();
    String status = kind.equals("refused") ? outcome.path("status").asText() + " " : "";
    return Stream.of(
            kind.replace('_', ' '),
            outcome.path("event_id").asText(),
            outcome.path("event_type").asText(),
            status + outcome.path("reason").asText())
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("  "));
  }

  /** One outcome of an event that was mended, with what became of its letter. */
  public static String describe(JsonNode outcome, AgentName agent) {
    String done =
        outcome.path("was_done").asBoolean()
            ? agent + " had acted on this event_id before, so what was changed had no effect"
            : "";
    String notes =
        Stream.of(done, outcome.path("letter").asText())
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; "));
    return describe(outcome) + (notes.isEmpty() ? "" : "  " + notes);
  }
}

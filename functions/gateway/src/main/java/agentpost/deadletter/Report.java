package agentpost.deadletter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a redrive did.
 *
 * @param outcomes of each letter that was meant, in their order
 * @param returned letters that it received and gave back, those that were not meant among them
 */
public record Report(List<Outcome> outcomes, StopReason stopReason, int returned) {
  /** What became of one letter. */
  public sealed interface Outcome {
    DeadLetter letter();

    /** The agent took it, and it is out of the queue. */
    record Delivered(DeadLetter letter) implements Outcome {}

    /**
     * The agent was asked and did not take it; it is in the queue.
     *
     * @param status the agent's, or the 502 or 504 that the relay makes of silence
     */
    record Refused(DeadLetter letter, int status, String reason) implements Outcome {}

    /**
     * The agent was not asked, or took it and it is still in the queue; {@code reason} says which.
     */
    record NotAttempted(DeadLetter letter, String reason) implements Outcome {}

    /** A dry run would deliver it. */
    record WouldDeliver(DeadLetter letter) implements Outcome {}
  }

  /** Why a redrive stopped. */
  public enum StopReason {
    /** Everything that it was asked for has been tried. */
    COMPLETED,
    /** As many have been tried as it was told to try at most. */
    MAX_REACHED,
    /** Its time was up; there may be more. */
    OUT_OF_TIME,
    /** The agent failed so often in a row that it must be down: going on would only take time. */
    AGENT_FAILING
  }

  public Report {
    outcomes = List.copyOf(outcomes);
  }

  public boolean hasMore() {
    return stopReason == StopReason.OUT_OF_TIME;
  }

  public long countDelivered() {
    return outcomes.stream().filter(Outcome.Delivered.class::isInstance).count();
  }

  /** As JSON's types, for the function's answer. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("outcomes", outcomes.stream().map(Report::describe).toList());
    values.put("stop_reason", stopReason.name());
    values.put("has_more", hasMore());
    return values;
  }

  private static Map<String, Object> describe(Outcome outcome) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("event_id", outcome.letter().eventId());
    values.put("event_type", outcome.letter().eventType());
    switch (outcome) {
      case Outcome.Delivered _ -> values.put("outcome", "delivered");
      case Outcome.Refused(_, var status, var reason) -> {
        values.put("outcome", "refused");
        values.put("status", status);
        values.put("reason", reason);
      }
      case Outcome.NotAttempted(_, var reason) -> {
        values.put("outcome", "not_attempted");
        values.put("reason", reason);
      }
      case Outcome.WouldDeliver _ -> values.put("outcome", "would_deliver");
    }
    return values;
  }
}

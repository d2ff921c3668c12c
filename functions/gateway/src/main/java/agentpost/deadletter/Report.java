package agentpost.deadletter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a redrive did.
 *
 * @param outcomes of each letter that was meant, in their order
 * @param ending why it stopped
 * @param kept letters that it received and gave back, those that were not meant among them
 */
public record Report(List<Outcome> outcomes, Ending ending, int kept) {
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
    record Refused(DeadLetter letter, int status, String why) implements Outcome {}

    /** The agent was not asked, or took it and it is still in the queue; {@code why} says which. */
    record NotAttempted(DeadLetter letter, String why) implements Outcome {}

    /** A dry run would deliver it. */
    record WouldDeliver(DeadLetter letter) implements Outcome {}
  }

  /** Why a redrive stopped. */
  public enum Ending {
    /** Nothing is left that it was asked for and has not tried. */
    DONE,
    /** As many were delivered, refused or left as it was told to try at most. */
    MAX,
    /** Its time was up; there may be more. */
    TIME,
    /** The agent failed so often in a row that it must be down: going on would only take time. */
    AGENT_FAILS
  }

  public Report {
    outcomes = List.copyOf(outcomes);
  }

  public boolean hasMore() {
    return ending == Ending.TIME;
  }

  public long countDelivered() {
    return outcomes.stream().filter(Outcome.Delivered.class::isInstance).count();
  }

  /** As JSON's types, for the function's answer. */
  Map<String, Object> values() {
    List<Map<String, Object>> refused = new ArrayList<>();
    List<Map<String, Object>> left = new ArrayList<>();
    List<Map<String, Object>> would = new ArrayList<>();
    List<Map<String, Object>> delivered = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      switch (outcome) {
        case Outcome.Delivered(var letter) -> delivered.add(describe(letter));
        case Outcome.Refused(var letter, var status, var why) -> {
          Map<String, Object> one = describe(letter);
          one.put("status", status);
          one.put("why", why);
          refused.add(one);
        }
        case Outcome.NotAttempted(var letter, var why) -> {
          Map<String, Object> one = describe(letter);
          one.put("why", why);
          left.add(one);
        }
        case Outcome.WouldDeliver(var letter) -> would.add(describe(letter));
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("delivered", delivered);
    values.put("refused", refused);
    values.put("left", left);
    values.put("would", would);
    values.put("ending", ending.name());
    values.put("more", hasMore());
    return values;
  }

  private static Map<String, Object> describe(DeadLetter letter) {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("event_id", letter.eventId());
    named.put("event_type", letter.eventType());
    return named;
  }
}

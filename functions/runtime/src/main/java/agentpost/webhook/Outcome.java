package agentpost.webhook;

import agentpost.event.Event;
import java.time.Duration;
import java.util.List;

/** An agent's result for one event. */
public sealed interface Outcome {
  /**
   * The agent has acted, or had nothing to do.
   *
   * @param publish the events it answers with; published before the event counts as done
   * @param note what it did, for the log, in a few words
   */
  record Done(List<Event> publish, String note) implements Outcome {
    public Done {
      publish = List.copyOf(publish);
    }
  }

  /** Not now: the attempt is answered with 503 and this wait. */
  record Retry(Duration after, String why) implements Outcome {}

  /**
   * Never: the attempt is answered with 422, and EventBridge puts the event into the agent's
   * dead-letter queue.
   */
  record Refused(String why) implements Outcome {}
}

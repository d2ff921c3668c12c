package agentpost.publish;

import agentpost.event.Event;
import java.util.List;

/** Puts events on the bus. */
public interface Publisher {
  /**
   * Puts all of these, and tries those that are refused a few times more. What is on the bus stays
   * there when others fail, so a caller that publishes all of them again publishes some twice,
   * under the same ids: hosted agents act once on an id, external agents hear it again.
   */
  Publication publish(List<Event> events);

  /** What came of publishing. */
  sealed interface Publication {
    record Published() implements Publication {}

    /**
     * @param reasons why, for each event that did not get onto the bus: its id and EventBridge's
     *     error code
     */
    record Failed(List<String> reasons) implements Publication {
      public Failed {
        reasons = List.copyOf(reasons);
      }
    }
  }
}

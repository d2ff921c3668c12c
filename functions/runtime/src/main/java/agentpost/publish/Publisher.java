package agentpost.publish;

import agentpost.event.Event;
import java.util.List;

/** Puts events on the bus. */
public interface Publisher {
  /**
   * Puts all of these, and tries those that are refused a few times more; none if one of them is
   * too large to ever get there. What is on the bus stays there when others fail, so a caller that
   * publishes all of them again publishes some twice, under the same ids: hosted agents act once on
   * an id, external agents hear it again.
   */
  Publication publish(List<Event> events);

  /** What came of publishing. */
  sealed interface Publication {
    record Published() implements Publication {}

    /**
     * @param reasons why, for each event that did not get onto the bus: its type and EventBridge's
     *     error code
     * @param isLasting whether they never will: one of them is larger than EventBridge takes
     */
    record Failed(List<String> reasons, boolean isLasting) implements Publication {
      public Failed {
        reasons = List.copyOf(reasons);
      }

      /** One that passes. */
      public Failed(List<String> reasons) {
        this(reasons, false);
      }
    }
  }
}

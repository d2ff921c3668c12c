package agentpost.publish;

import agentpost.event.Event;
import java.util.List;

/** Puts events on the bus. */
public interface Publisher {
  /** Publishes all of these. When that fails in part, the caller publishes all again: ids make that harmless. */
  Publication publish(List<Event> events);

  /** What came of publishing. */
  sealed interface Publication {
    record Published() implements Publication {}

    /** @param reasons why, for each event that did not get onto the bus: its id and EventBridge's error code */
    record Failed(List<String> reasons) implements Publication {
      public Failed {
        reasons = List.copyOf(reasons);
      }
    }
  }
}

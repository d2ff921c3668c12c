package agentpost.ingest;

import agentpost.event.EventId;
import agentpost.http.Problem;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** What came of one event of a delivery. */
sealed interface ElementOutcome {
  /** It is on the bus, now or from before. */
  record Taken(EventId id, String outcome) implements ElementOutcome {}

  /** The catalog has no mapping for its type, and says that this is all right. */
  record Unmapped() implements ElementOutcome {}

  /** It can never become an event as it is. */
  record Refused(Problem problem, String why) implements ElementOutcome {}

  /**
   * It is to come again.
   *
   * @param why for the sender
   * @param reason for the log
   */
  record NotNow(String why, String reason) implements ElementOutcome {}

  /**
   * What the answer to all of a delivery goes by: what is to come again, else what is refused, else
   * the first; nothing if there are none.
   */
  static Optional<ElementOutcome> findDecisive(List<ElementOutcome> takings) {
    return takings.stream()
        .filter(NotNow.class::isInstance)
        .findFirst()
        .or(() -> takings.stream().filter(Refused.class::isInstance).findFirst())
        .or(() -> takings.stream().findFirst());
  }

  /** Says it in a line of the log. */
  default ObjectNode note(ObjectNode line) {
    return switch (this) {
      case Taken(_, var outcome) -> line.put("outcome", outcome);
      case Unmapped _ -> line.put("outcome", "unmapped");
      case Refused(var problem, var why) ->
          line.put("outcome", problem.type().substring(problem.type().lastIndexOf(':') + 1))
              .put("reason", why);
      case NotNow(var why, var reason) ->
          line.put("outcome", "try-again").put("detail", why).put("reason", reason);
    };
  }
}

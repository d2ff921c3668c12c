package agentpost.ingest;

import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.platform.LogFields;
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

  /** As the log has it, such as {@code published}. */
  default String label() {
    return switch (this) {
      case Taken(_, var outcome) -> outcome;
      case Unmapped _ -> "unmapped";
      case Refused(var problem, _) -> problem.label();
      case NotNow _ -> Problem.TRY_AGAIN.label();
    };
  }

  /** Why, for the log. */
  default LogFields explanation() {
    return switch (this) {
      case Taken _, Unmapped _ -> LogFields.NONE;
      case Refused(_, var why) -> LogFields.of("reason", why);
      case NotNow(var why, var reason) -> LogFields.of("detail", why).with("reason", reason);
    };
  }
}

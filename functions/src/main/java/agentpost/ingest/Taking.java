package agentpost.ingest;

import agentpost.event.EventId;
import agentpost.http.Problem;

/** What came of one event of a delivery. */
sealed interface Taking {
  /** It is on the bus, now or from before. */
  record Taken(EventId id, String outcome) implements Taking {}

  /** The catalog has no mapping for its type, and says that this is all right. */
  record Unmapped() implements Taking {}

  /** It can never become an event as it is. */
  record Refused(Problem problem, String why) implements Taking {}

  /**
   * It is to come again.
   *
   * @param why for the sender
   * @param reason for the log
   */
  record NotNow(String why, String reason) implements Taking {}
}

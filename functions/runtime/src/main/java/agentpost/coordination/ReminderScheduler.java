package agentpost.coordination;

import agentpost.event.Event;
import agentpost.event.EventId;
import java.time.Instant;

/** Publishes an event later. */
public interface ReminderScheduler {
  /** Plans an event for a time to come; planning one with the same id again changes nothing. */
  void plan(Event event, Instant at);

  /**
   * Calls off what was planned under this id; nothing happens if it has been published, called off,
   * or was never planned.
   */
  void cancel(EventId id);
}

package agentpost.agent;

import agentpost.event.Event;
import java.time.Instant;

/** Publishes an event later. */
interface Reminders {
  /** Plans an event for a time to come; planning one with the same id again changes nothing. */
  void plan(Event event, Instant at);
}

package agentpost.leads;

import agentpost.event.Event;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Has demos booked, which takes a while: how it ended comes as an {@code operation.*} event. */
interface DemoBooker {
  /**
   * Starts a booking; starting the same again, by cause and attempt, starts nothing new.
   *
   * @param cause the event that made the agent book
   * @param attempt 1 for the first
   */
  Booking book(Event cause, int attempt, ObjectNode request, Instant deadline);

  /** What came of starting. */
  sealed interface Booking {
    record Accepted(String operationId) implements Booking {}

    /** Started and ended before: the event that says how is published already. */
    record Ended(String operationId) implements Booking {}

    /** Not certain: to be started again. */
    record TryAgain(String why) implements Booking {}
  }
}

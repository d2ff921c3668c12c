package agentpost.leads;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.operations.OperationRequest;
import agentpost.operations.Operations;
import agentpost.operations.Started;
import agentpost.platform.Platform;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Bookings as operations of the processor {@code calendar}. */
final class OperationBookings implements Bookings {
  private static final AgentName CALENDAR = new AgentName("calendar");
  private static final String PURPOSE = "book-demo";
  private final AgentName agent;
  private final Operations operations;

  private OperationBookings(AgentName agent, Operations operations) {
    this.agent = agent;
    this.operations = operations;
  }

  static OperationBookings on(Platform platform, AgentName agent) {
    return new OperationBookings(agent, Operations.on(platform));
  }

  @Override
  public Booking book(Event cause, int attempt, ObjectNode request, Instant deadline) {
    return switch (operations.start(new OperationRequest(agent, cause, PURPOSE, attempt, request, deadline, CALENDAR))) {
      case Started.Accepted(var id) -> new Booking.Accepted(id.value());
      case Started.AlreadyFinished(var id, _) -> new Booking.Ended(id.value());
      case Started.TryAgain(_, var why) -> new Booking.TryAgain(why);
    };
  }
}

package agentpost.leads;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.operations.OperationClient;
import agentpost.operations.OperationRequest;
import agentpost.operations.StartResult;
import agentpost.platform.Platform;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Bookings as operations of the processor {@code calendar}. */
final class OperationDemoBooker implements DemoBooker {
  private static final AgentName CALENDAR = new AgentName("calendar");
  private static final String PURPOSE = "book-demo";
  private final AgentName agent;
  private final OperationClient operations;

  private OperationDemoBooker(AgentName agent, OperationClient operations) {
    this.agent = agent;
    this.operations = operations;
  }

  static OperationDemoBooker from(Platform platform, AgentName agent) {
    return new OperationDemoBooker(agent, OperationClient.from(platform));
  }

  @Override
  public Booking book(Event cause, int attempt, ObjectNode request, Instant deadline) {
    return switch (operations.start(
        new OperationRequest(agent, cause, PURPOSE, attempt, request, deadline, CALENDAR))) {
      case StartResult.Accepted(var id) -> new Booking.Accepted(id.value());
      case StartResult.AlreadyFinished(var id, _) -> new Booking.Ended(id.value());
      case StartResult.TryAgain(_, var why) -> new Booking.TryAgain(why);
    };
  }
}

package agentpost.operations;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * An operation as its row has it.
 *
 * @param cause the event that made the agent ask
 * @param correlationId of that event; not the operation's own
 * @param request what the processor gets
 * @param ending nothing while pending
 * @param unpublished the event that says how it ended, as long as it is not certain to be on the
 *     bus
 * @param task of a workflow, as long as it is not certain to know how the operation ended
 */
public record Operation(
    OperationId id,
    AgentName agent,
    EventId cause,
    CorrelationId correlationId,
    String purpose,
    int attempt,
    AgentName processor,
    ObjectNode request,
    Instant startedAt,
    Instant deadline,
    boolean accepted,
    Optional<OperationResult> ending,
    Optional<Event> unpublished,
    Optional<TaskToken> task) {
  /** The source of the events that say how operations ended. */
  private static final String SOURCE = "operations";

  /** As it begins. */
  public static Operation of(OperationRequest request, Instant now) {
    return new Operation(
        request.id(),
        request.agent(),
        request.cause(),
        request.correlationId(),
        request.purpose(),
        request.attempt(),
        request.processor(),
        request.dataToProcess(),
        now,
        request.deadline().truncatedTo(ChronoUnit.SECONDS),
        false,
        Optional.empty(),
        Optional.empty(),
        request.task());
  }

  public OperationStatus status() {
    return ending.map(OperationResult::status).orElse(OperationStatus.PENDING);
  }

  boolean isPastDeadline(Instant now) {
    return now.getEpochSecond() > deadline.getEpochSecond();
  }

  /**
   * The event that says how it ended. An operation ends once, so its id is derived from the
   * operation's and publishing again is harmless.
   */
  public Event event(OperationResult how, Instant now) {
    ObjectNode data = request.objectNode();
    data.put("operation_id", id.value())
        .put("agent", agent.value())
        .put("purpose", purpose)
        .put("processor", processor.value())
        .put("attempt", attempt)
        .put("started_at", startedAt.toString())
        .put("finished_at", now.toString())
        .put("deadline", deadline.toString());
    String type =
        switch (how) {
          case OperationResult.Completed(var result) -> {
            data.set("result", result);
            yield "operation.completed";
          }
          case OperationResult.Failed(var error) -> {
            data.put("error", error);
            yield "operation.failed";
          }
          case OperationResult.TimedOut _ -> "operation.timed_out";
        };
    data.set("request", request);
    EventId eventId = EventId.derive(SOURCE, new EventId(id.value()), type);
    return new Event(
        eventId, type, now, data, new Event.Metadata(SOURCE, correlationId, Optional.of(cause), 1));
  }
}

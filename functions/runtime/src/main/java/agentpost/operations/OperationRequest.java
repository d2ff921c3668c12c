package agentpost.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.platform.LastingFailureException;
import agentpost.schemas.IdText;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * What an agent asks for.
 *
 * @param cause the event that made the agent ask, or a workflow's execution
 * @param correlationId of the flow that it belongs to; what becomes of the operation is published
 *     under it
 * @param purpose what for, in a word, such as {@code book-demo}; 1 to 64 characters
 * @param attempt 1 for the first; another attempt at the same purpose is another operation
 * @param dataToProcess for the processor; at most 64 KiB as JSON
 * @param deadline whole seconds count; a callback after it is refused, and the operation times out
 * @param task of a workflow that waits for the operation, if one does; it is ended when the
 *     operation is
 */
public record OperationRequest(
    AgentName agent,
    EventId cause,
    CorrelationId correlationId,
    String purpose,
    int attempt,
    ObjectNode dataToProcess,
    Instant deadline,
    AgentName processor,
    Optional<TaskToken> task) {
  public OperationRequest {
    if (!IdText.isId(purpose) || purpose.length() > 64) {
      throw new IllegalArgumentException(
          "purpose must be 1 to 64 characters, not blank and without control characters, got "
              + purpose.length());
    }
    int bytes = dataToProcess.toString().getBytes(UTF_8).length;
    if (bytes > OperationClient.MAX_DATA_BYTES) {
      throw new LastingFailureException(
          "data_to_process must be at most 65536 bytes as JSON, got " + bytes);
    }
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt must be 1 or more, got " + attempt);
    }
  }

  /** One that an event made an agent ask for, and that no workflow waits for. */
  public OperationRequest(
      AgentName agent,
      Event cause,
      String purpose,
      int attempt,
      ObjectNode dataToProcess,
      Instant deadline,
      AgentName processor) {
    this(
        agent,
        cause.id(),
        cause.metadata().correlationId(),
        purpose,
        attempt,
        dataToProcess,
        deadline,
        processor,
        Optional.empty());
  }

  public OperationId id() {
    return OperationId.derive(agent, cause, purpose, attempt);
  }
}

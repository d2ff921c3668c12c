package agentpost.operations;

import agentpost.catalog.AgentName;
import agentpost.event.EventId;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;

/**
 * An operation's own id: what the request and its callback call {@code correlation_id}. 1 to 128
 * characters that need no quoting.
 */
public record OperationId(String value) {
  public OperationId {
    value = new EventId(value).value();
  }

  /**
   * What a request or callback has as {@code correlation_id}; nothing if that is no text, or none
   * that is an id.
   */
  public static Optional<OperationId> of(ObjectNode json) {
    return json.path("correlation_id") instanceof TextNode text
        ? EventId.of(text.textValue()).map(id -> new OperationId(id.value()))
        : Optional.empty();
  }

  /**
   * The same for the same agent, cause, purpose and attempt, so that starting again after a crash
   * starts nothing new. It begins with the agent and a full stop, which no name has: an agent's
   * role writes operations whose key begins so, and no others.
   */
  public static OperationId derive(AgentName agent, EventId cause, String purpose, int attempt) {
    return new OperationId(
        agent
            + "."
            + EventId.derive(agent.value(), cause, "operation\n" + purpose + '\n' + attempt));
  }

  @Override
  public String toString() {
    return value;
  }
}

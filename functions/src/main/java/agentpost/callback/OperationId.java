package agentpost.callback;

import agentpost.event.AgentName;
import agentpost.event.EventId;

/** An operation's own id: what the request and its callback call {@code correlation_id}. 1 to 128 characters that need no quoting. */
public record OperationId(String value) {
  public OperationId {
    value = new EventId(value).value();
  }

  /**
   * The same for the same agent, cause, purpose and attempt, so that starting again after a crash starts nothing new. It begins with the agent and a full stop, which
   * no name has: an agent's role writes operations whose key begins so, and no others.
   */
  public static OperationId derived(AgentName agent, EventId cause, String purpose, int attempt) {
    return new OperationId(agent + "." + EventId.derived(agent.value(), cause, "operation\n" + purpose + '\n' + attempt));
  }

  @Override
  public String toString() {
    return value;
  }
}

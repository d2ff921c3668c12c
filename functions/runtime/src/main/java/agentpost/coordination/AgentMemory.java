package agentpost.coordination;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.UnaryOperator;

/** What an agent remembers between events: a JSON object under a key. */
public interface AgentMemory {
  /** What is remembered under the key; an empty object if nothing is. */
  ObjectNode recall(String key);

  /**
   * Changes what is remembered in one write, as if nobody else did at the same time.
   *
   * @param change from a copy of what is remembered to what is to be. It may be called several
   *     times, and also on what it has changed already: then it must change nothing more.
   * @return what is remembered now
   */
  ObjectNode update(String key, UnaryOperator<ObjectNode> change);
}

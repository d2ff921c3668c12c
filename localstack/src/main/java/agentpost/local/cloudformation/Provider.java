package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Makes resources of one type. */
@FunctionalInterface
public interface Provider {
  Made make(String logicalId, ObjectNode properties);

  /**
   * @param ref what {@code Ref} gives
   * @param attributes what {@code Fn::GetAtt} gives
   */
  record Made(String ref, Map<String, String> attributes) {
    public Made {
      attributes = Map.copyOf(attributes);
    }
  }
}

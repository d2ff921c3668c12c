package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.BiConsumer;

/** Makes resources of one type, changes them, and takes them away. */
@FunctionalInterface
public interface Provider {
  Made make(String logicalId, ObjectNode properties);

  /**
   * Changes what was made to what the template says now, keeping what it holds.
   *
   * @throws UnsupportedTemplateException if that takes a new cloud
   */
  default Made update(String logicalId, Made before, ObjectNode properties) {
    throw new UnsupportedTemplateException("the local cloud cannot change it while it runs; start it again");
  }

  /** Takes away what the template does not have any more. */
  default void remove(String logicalId, Made made) {
    throw new UnsupportedTemplateException("the local cloud cannot take it away while it runs; start it again");
  }

  /** Of a type that is changed by making it again, and of which nothing is left to take away. */
  static Provider again(Provider make) {
    return again(make, (_, _) -> {});
  }

  /** Of a type that is changed by making it again. */
  static Provider again(Provider make, BiConsumer<String, Made> remove) {
    return new Provider() {
      @Override
      public Made make(String logicalId, ObjectNode properties) {
        return make.make(logicalId, properties);
      }

      @Override
      public Made update(String logicalId, Made before, ObjectNode properties) {
        return make.make(logicalId, properties);
      }

      @Override
      public void remove(String logicalId, Made made) {
        remove.accept(logicalId, made);
      }
    };
  }

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

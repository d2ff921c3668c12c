package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Makes resources of one type. One that cannot do more than that makes what stays as it is while
 * the cloud runs.
 */
@FunctionalInterface
public interface Provider {
  Made make(String logicalId, ObjectNode properties);

  /** Of a type whose resources go with their stack. */
  interface Removable extends Provider {
    /** Takes away what no template has any more. */
    void remove(String logicalId, Made made);
  }

  /** Of a type whose resources can be changed while the cloud runs, too. */
  interface Changeable extends Removable {
    /**
     * Properties that tell a resource from others: with another value for one of them it is another
     * resource, which takes the place of the first.
     */
    default Set<String> identity() {
      return Set.of("Name");
    }

    /**
     * Changes what was made to what the template says now, keeping what it holds.
     *
     * @throws UnsupportedTemplateException if that takes a new cloud
     */
    Made update(String logicalId, Made before, ObjectNode properties);
  }

  /** Of a type whose resources stay as they are as long as their stack is there. */
  static Removable fixed(Provider make, BiConsumer<String, Made> remove) {
    return new Removable() {
      @Override
      public Made make(String logicalId, ObjectNode properties) {
        return make.make(logicalId, properties);
      }

      @Override
      public void remove(String logicalId, Made made) {
        remove.accept(logicalId, made);
      }
    };
  }

  /** Of a type that is changed by making it again, and of which nothing is left to take away. */
  static Changeable recreateOnChange(Provider make) {
    return recreateOnChange(make, (_, _) -> {});
  }

  /**
   * Of a type that is changed by making it again; one that has another {@code Ref} then takes the
   * place of the first, which is taken away.
   */
  static Changeable recreateOnChange(Provider make, BiConsumer<String, Made> remove) {
    return new Changeable() {
      @Override
      public Made make(String logicalId, ObjectNode properties) {
        return make.make(logicalId, properties);
      }

      @Override
      public Made update(String logicalId, Made before, ObjectNode properties) {
        Made made = make.make(logicalId, properties);
        if (!made.ref().equals(before.ref())) {
          remove.accept(logicalId, before);
        }
        return made;
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

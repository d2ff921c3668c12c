package agentpost.local.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.StackWalker.StackFrame;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request that notes which of its members are read, by whoever is no part of the check that every
 * request goes through. What is kept of it goes on noting.
 */
@SuppressWarnings("unchecked") // deepCopy has the type that ObjectNode's own has.
public final class RecordedInput extends ObjectNode {
  private static final long serialVersionUID = 1L;
  private final transient Set<String> read;
  private final String path;

  private RecordedInput(Set<String> read, String path) {
    super(JsonNodeFactory.instance);
    this.read = read;
    this.path = path;
  }

  /**
   * @param read takes the paths of what is read, such as {@code Target.Arn}
   * @param path of the request itself
   */
  public static RecordedInput of(ObjectNode input, Set<String> read, String path) {
    RecordedInput recorded = new RecordedInput(read, path);
    input
        .fieldNames()
        .forEachRemaining(
            name -> recorded.set(name, recorded(raw(input, name), read, path + "." + name)));
    return recorded;
  }

  private static JsonNode raw(ObjectNode input, String name) {
    return input instanceof RecordedInput other ? other.unnoted(name) : input.path(name);
  }

  private JsonNode unnoted(String name) {
    return super.path(name);
  }

  private static JsonNode recorded(JsonNode value, Set<String> read, String path) {
    if (value instanceof RecordedInput kept) {
      return of(kept, read, kept.path);
    }
    if (value instanceof ObjectNode object) {
      return of(object, read, path);
    }
    if (value.isArray()) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      value.forEach(one -> list.add(recorded(one, read, path)));
      return list;
    }
    return value;
  }

  private void note(String name) {
    boolean isCheck =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .map(StackFrame::getClassName)
                        .filter(RecordedInput::isCaller)
                        .findFirst())
            .map(
                caller ->
                    caller.startsWith("agentpost.local.wire.RequestModel")
                        || caller.startsWith("agentpost.local.wire.Constraint"))
            .orElse(true);
    if (!isCheck) {
      read.add(path + "." + name);
    }
  }

  private static boolean isCaller(String name) {
    return name.startsWith("agentpost.local.") && !name.startsWith(RecordedInput.class.getName());
  }

  @Override
  public JsonNode get(String name) {
    note(name);
    return super.get(name);
  }

  @Override
  public JsonNode path(String name) {
    note(name);
    return super.path(name);
  }

  @Override
  public boolean has(String name) {
    note(name);
    return super.has(name);
  }

  @Override
  public boolean hasNonNull(String name) {
    note(name);
    return super.hasNonNull(name);
  }

  @Override
  public Optional<JsonNode> optional(String name) {
    note(name);
    return super.optional(name);
  }

  @Override
  public Set<Map.Entry<String, JsonNode>> properties() {
    Set<Map.Entry<String, JsonNode>> all = super.properties();
    all.forEach(one -> note(one.getKey()));
    return all;
  }

  @Override
  public ObjectNode deepCopy() {
    return of(this, read, path);
  }
}

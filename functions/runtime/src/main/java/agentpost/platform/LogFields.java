package agentpost.platform;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields that one attempt adds to its log line, as a value that a step returns with its result.
 * JSON's quoting keeps the line one line.
 */
public final class LogFields {
  public static final LogFields NONE = new LogFields(Map.of());

  /** Nobody else has it, so it never changes. */
  private final Map<String, ValueNode> values;

  private LogFields(Map<String, ValueNode> values) {
    this.values = values;
  }

  public static LogFields of(String name, String value) {
    return NONE.with(name, value);
  }

  public LogFields with(String name, String value) {
    return and(name, TextNode.valueOf(value));
  }

  public LogFields with(String name, long value) {
    return and(name, LongNode.valueOf(value));
  }

  public LogFields with(String name, boolean value) {
    return and(name, BooleanNode.valueOf(value));
  }

  /** These and then those; where both have a name, those count. */
  public LogFields and(LogFields others) {
    Map<String, ValueNode> all = new LinkedHashMap<>(values);
    all.putAll(others.values);
    return new LogFields(all);
  }

  private LogFields and(String name, ValueNode value) {
    Map<String, ValueNode> all = new LinkedHashMap<>(values);
    all.put(name, value);
    return new LogFields(all);
  }

  /**
   * @param message what kind of line it is
   */
  public String toLine(String message) {
    return JsonNodeFactory.instance.objectNode().put("message", message).setAll(values).toString();
  }
}

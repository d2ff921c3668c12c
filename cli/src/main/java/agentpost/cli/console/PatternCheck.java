package agentpost.cli.console;

import agentpost.local.eventbridge.input.Patterns;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds an event to a subscription's pattern, field by field. */
final class PatternCheck {
  private PatternCheck() {}

  /**
   * One condition of the pattern.
   *
   * @param path of the field, as in {@code detail.data.plan}
   * @param wanted the condition, as the pattern has it
   * @param found the event's own; empty if it has none
   */
  record Condition(String path, String wanted, String found, boolean isMet) {}

  static boolean matches(JsonNode pattern, JsonNode event) {
    return Patterns.matches(pattern.toString(), event.toString());
  }

  static List<Condition> explain(JsonNode pattern, JsonNode event) {
    List<Condition> conditions = new ArrayList<>();
    explain(List.of(), pattern, event, event, conditions);
    return conditions;
  }

  private static void explain(
      List<String> path,
      JsonNode pattern,
      JsonNode at,
      JsonNode event,
      List<Condition> conditions) {
    for (Map.Entry<String, JsonNode> part : pattern.properties()) {
      List<String> inner = new ArrayList<>(path);
      inner.add(part.getKey());
      JsonNode value = at.path(part.getKey());
      if (part.getValue().isObject()) {
        explain(inner, part.getValue(), value, event, conditions);
      } else {
        conditions.add(
            new Condition(
                String.join(".", inner),
                part.getValue().toString(),
                value.isMissingNode() ? "" : value.toString(),
                matches(alone(inner, (ArrayNode) part.getValue()), event)));
      }
    }
  }

  /** A pattern with that condition and no other. */
  private static ObjectNode alone(List<String> path, ArrayNode condition) {
    ObjectNode pattern = JsonNodeFactory.instance.objectNode();
    ObjectNode at = pattern;
    for (String name : path.subList(0, path.size() - 1)) {
      at = at.putObject(name);
    }
    at.set(path.getLast(), condition);
    return pattern;
  }
}

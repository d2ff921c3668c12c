package agentpost.local.eventbridge.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths that EventBridge knows: names after dots (letters, digits, dashes, underscores,
 * slashes), indices, and {@code *} for all of an array or object.
 */
public final class JsonPath {
  private static final Pattern STEP =
      Pattern.compile("\\.([A-Za-z0-9_/-]+)|\\[([0-9]{1,9})]|\\['([^']+)']|\\[\\*]|\\.\\*");

  /** The forms that PutTargets takes: names in brackets and quotes are not among them. */
  private static final Pattern TAKEN =
      Pattern.compile("\\$(?:\\.[A-Za-z0-9_/-]+|\\[[0-9]{1,9}]|\\[\\*]|\\.\\*)*+");

  private JsonPath() {}

  /**
   * Whether a target may have it for its input (recorded from AWS: no path without {@code $} in
   * front, and none with {@code ['…']}).
   */
  static boolean isTaken(String path) {
    return TAKEN.matcher(path).matches();
  }

  /**
   * The value at a path such as {@code $.detail.items[0].name}; missing if there is none. What a
   * {@code *} finds is an array.
   */
  public static JsonNode at(JsonNode event, String path) {
    if (!path.startsWith("$")) {
      return MissingNode.getInstance();
    }
    List<JsonNode> found = List.of(event);
    boolean several = false;
    Matcher steps = STEP.matcher(path);
    int position = 1;
    while (position < path.length() && steps.find(position) && steps.start() == position) {
      List<JsonNode> next = new ArrayList<>();
      for (JsonNode node : found) {
        if (steps.group().equals("[*]") || steps.group().equals(".*")) {
          node.forEach(next::add);
        } else {
          JsonNode one =
              steps.group(2) != null
                  ? node.path(Integer.parseInt(steps.group(2)))
                  : node.path(steps.group(1) != null ? steps.group(1) : steps.group(3));
          if (!one.isMissingNode()) {
            next.add(one);
          }
        }
      }
      several |= steps.group().endsWith("*]") || steps.group().equals(".*");
      found = next;
      position = steps.end();
    }
    if (position != path.length() || (!several && found.isEmpty())) {
      return MissingNode.getInstance();
    }
    if (!several) {
      return found.getFirst();
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    return all.addAll(found);
  }
}

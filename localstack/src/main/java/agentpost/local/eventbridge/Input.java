package agentpost.local.eventbridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a target gets of an event: all of it, {@code Input}, {@code InputPath} or {@code InputTransformer}; and {@code $.…} paths. */
final class Input {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern STEP = Pattern.compile("\\.([A-Za-z0-9_-]+)|\\[([0-9]+)]|\\['([^']+)']");
  private static final Pattern VARIABLE = Pattern.compile("<([A-Za-z0-9_.-]+)>");

  private Input() {}

  /** Nothing if the target's input makes no JSON of this event; AWS delivers nothing then. */
  static Optional<String> of(ObjectNode target, ObjectNode event, String ruleArn) {
    if (target.hasNonNull("Input")) {
      return Optional.of(target.path("Input").asText());
    }
    if (target.hasNonNull("InputPath")) {
      JsonNode found = at(event, target.path("InputPath").asText());
      return Optional.of(found.isMissingNode() ? "" : found.toString());
    }
    if (target.path("InputTransformer").isObject()) {
      return transformed(target.path("InputTransformer"), event, ruleArn);
    }
    return Optional.of(event.toString());
  }

  /** The value at a path such as {@code $.detail.items[0]['a key']}; missing if there is none. */
  static JsonNode at(JsonNode event, String path) {
    JsonNode node = event;
    Matcher steps = STEP.matcher(path);
    int position = path.startsWith("$") ? 1 : 0;
    while (position < path.length() && steps.find(position) && steps.start() == position) {
      node = steps.group(2) != null ? node.path(index(steps.group(2))) : node.path(steps.group(1) != null ? steps.group(1) : steps.group(3));
      position = steps.end();
    }
    return position == path.length() ? node : MissingNode.getInstance();
  }

  /** No array is as long as a number of more digits says. */
  private static int index(String digits) {
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  private static Optional<String> transformed(JsonNode transformer, ObjectNode event, String ruleArn) {
    String template = transformer.path("InputTemplate").asText();
    boolean json = template.strip().startsWith("{") || template.strip().startsWith("[");
    StringBuilder out = new StringBuilder();
    boolean[] quoted = new boolean[1];
    int[] last = new int[1];
    for (MatchResult variable : VARIABLE.matcher(template).results().toList()) {
      String before = template.substring(last[0], variable.start());
      quoted[0] ^= before.chars().filter(c -> c == '"').count() % 2 == 1;
      JsonNode value = value(variable.group(1), transformer.path("InputPathsMap"), event, ruleArn);
      out.append(before).append(rendered(value, json, quoted[0]));
      last[0] = variable.end();
    }
    String text = out.append(template.substring(last[0])).toString();
    try {
      // A template is JSON, or a JSON string, or bare text, which AWS sends as it is.
      return json ? Optional.of(JSON.readTree(text).toString()) : Optional.of(text);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static JsonNode value(String name, JsonNode paths, ObjectNode event, String ruleArn) {
    return switch (name) {
      case "aws.events.event.json" -> event;
      case "aws.events.event" -> event.deepCopy().without("detail");
      case "aws.events.rule-arn" -> event.textNode(ruleArn);
      case "aws.events.rule-name" -> event.textNode(ruleArn.substring(ruleArn.lastIndexOf('/') + 1));
      case "aws.events.event.ingestion-time" -> event.path("time");
      default -> at(event, paths.path(name).asText("$.-"));
    };
  }

  private static String rendered(JsonNode value, boolean json, boolean quoted) {
    if (value.isMissingNode() || value.isNull()) {
      return json && !quoted ? "\"\"" : "";
    }
    if (!value.isTextual()) {
      return value.toString();
    }
    String escaped = value.toString();
    return json && !quoted ? escaped : json ? escaped.substring(1, escaped.length() - 1) : value.asText();
  }
}

package agentpost.local.eventbridge.input;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * An input transformer's template (EventBridge user guide, "Amazon EventBridge input
 * transformation"). It is JSON with variables as values or inside texts, or texts in quotes, or a
 * variable alone. Values are not escaped inside quotes, as the guide says; so a text with a
 * quotation mark there makes no JSON, and an object neither.
 */
final class Template {
  private static final Pattern VARIABLE = Pattern.compile("<([A-Za-z0-9_.-]+)>");
  private static final Set<String> RESERVED =
      Set.of(
          "aws.events.rule-arn",
          "aws.events.rule-name",
          "aws.events.event.ingestion-time",
          "aws.events.event",
          "aws.events.event.json");

  /** Reads one value after the other. */
  private static final JsonMapper VALUES = new JsonMapper();

  private final String text;
  private final JsonNode paths;

  Template(JsonNode transformer) {
    this.text = transformer.path("InputTemplate").asText();
    this.paths = transformer.path("InputPathsMap");
  }

  /**
   * @throws AwsException if the target's input cannot be one
   */
  static void check(JsonNode target) {
    String id = target.path("Id").asText();
    if (target.hasNonNull("Input") && !isJson(target.path("Input").asText())) {
      throw AwsException.badRequest(
          "ValidationException", "Input for target " + id + " is not a valid JSON text.");
    }
    if (!target.path("InputTransformer").isObject()) {
      return;
    }
    Template template = new Template(target.path("InputTransformer"));
    for (String reserved : (Iterable<String>) template.paths::fieldNames) {
      // In capitals only, as the reference has it (API_InputTransformer: "The keys cannot start
      // with AWS."); rules in use have keys such as awsRegion.
      if (reserved.startsWith("AWS")) {
        throw AwsException.badRequest(
            "ValidationException",
            "InputPathsMap for target " + id + " contains the reserved key " + reserved + ".");
      }
    }
    for (MatchResult variable : VARIABLE.matcher(template.text).results().toList()) {
      if (!RESERVED.contains(variable.group(1)) && !template.paths.has(variable.group(1))) {
        throw AwsException.badRequest(
            "ValidationException",
            "InputTemplate for target "
                + id
                + " contains invalid placeholder "
                + variable.group(1)
                + ".");
      }
    }
    String filled = template.replaceVariables(_ -> "null");
    try {
      parse(filled);
    } catch (JsonProcessingException e) {
      throw AwsException.badRequest(
          "ValidationException",
          "Invalid InputTemplate for target "
              + id
              + " : [Source: (String)\""
              + filled
              + "\"; line: "
              + e.getLocation().getLineNr()
              + ", column: "
              + e.getLocation().getColumnNr()
              + "].");
    }
  }

  private static boolean isJson(String text) {
    try {
      EventJson.MAPPER.readTree(text);
      return !text.isBlank();
    } catch (JsonProcessingException | NumberFormatException e) {
      return false;
    }
  }

  /** One value of JSON, or one text a line. */
  private static void parse(String text) throws JsonProcessingException {
    try (JsonParser parser = VALUES.createParser(text)) {
      int values = 0;
      boolean texts = true;
      for (JsonNode value = VALUES.readTree(parser);
          value != null;
          value = VALUES.readTree(parser)) {
        values++;
        texts &= value.isTextual();
        if (values > 1 && !texts) {
          throw new JsonParseException(parser, "more than one value");
        }
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing if it makes no JSON of this event. */
  Optional<String> fill(ObjectNode event, String ruleArn, Instant ingested) {
    boolean json = !text.strip().startsWith("\"");
    int[] next = new int[1];
    List<String> variables = VARIABLE.matcher(text).results().map(MatchResult::group).toList();
    String filled =
        replaceVariables(
            quoted -> {
              String variable = variables.get(next[0]++);
              JsonNode value =
                  value(variable.substring(1, variable.length() - 1), event, ruleArn, ingested);
              return quoted ? inText(value, json) : toBareText(value);
            });
    return json && !isJson(filled) ? Optional.empty() : Optional.of(filled);
  }

  /**
   * @param with what stands for the next variable, by whether it is inside quotes
   */
  private String replaceVariables(Function<Boolean, String> with) {
    StringBuilder out = new StringBuilder();
    boolean quoted = false;
    int last = 0;
    for (MatchResult variable : VARIABLE.matcher(text).results().toList()) {
      String before = text.substring(last, variable.start());
      quoted ^= before.replaceAll("\\\\.", "").chars().filter(c -> c == '"').count() % 2 == 1;
      out.append(before).append(with.apply(quoted));
      last = variable.end();
    }
    return out.append(text.substring(last)).toString();
  }

  private JsonNode value(String name, ObjectNode event, String ruleArn, Instant ingested) {
    return switch (name) {
      case "aws.events.event.json" -> event;
      case "aws.events.event" -> withoutDetail(event);
      case "aws.events.rule-arn" -> event.textNode(ruleArn);
      case "aws.events.rule-name" ->
          event.textNode(ruleArn.substring(ruleArn.lastIndexOf('/') + 1));
      case "aws.events.event.ingestion-time" ->
          event.textNode(ingested.truncatedTo(ChronoUnit.SECONDS).toString());
      default -> JsonPath.at(event, paths.path(name).asText());
    };
  }

  /**
   * As recorded from AWS (LocalStack, test_input_transformer_predefined_variables): in an order of
   * its own, and {@code detail-type} under another name.
   */
  private static ObjectNode withoutDetail(ObjectNode event) {
    ObjectNode shown = event.objectNode();
    for (String name :
        new String[] {
          "id", "account", "detail-type", "time", "source", "region", "resources", "version"
        }) {
      event
          .optional(name)
          .ifPresent(value -> shown.set(name.equals("detail-type") ? "detailType" : name, value));
    }
    return shown;
  }

  private static String toBareText(JsonNode value) {
    return value.isMissingNode() || value.isNull() ? "\"\"" : value.toString();
  }

  /**
   * In a template that is a text, an object or array loses its own quotation marks, so that the
   * text stays one.
   */
  private static String inText(JsonNode value, boolean json) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    return value.isTextual()
        ? value.asText()
        : json ? value.toString() : value.toString().replace("\"", "");
  }
}

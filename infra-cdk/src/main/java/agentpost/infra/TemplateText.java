package agentpost.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A template's values as long as they are when they are deployed: references stand for the longest
 * text that AWS puts there, names are as they are declared.
 */
final class TemplateText {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}!]+)}");
  private static final Map<String, String> PSEUDO =
      Map.of(
          "AWS::Partition", "aws",
          "AWS::Region", "ap-southeast-1",
          "AWS::AccountId", "123456789012",
          "AWS::URLSuffix", "amazonaws.com");

  /** What stands in an ARN before a name, the longest of them a secret's, and AWS's six letters. */
  private static final String ARN =
      "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:-AbCdEf";

  private final JsonNode template;

  TemplateText(JsonNode template) {
    this.template = template;
  }

  /** A text as it is, anything else as JSON without white space. */
  String of(JsonNode value) {
    return value.isTextual() ? value.asText() : isFunction(value) ? call(value) : json(value);
  }

  private String json(JsonNode value) {
    if (value.isArray()) {
      return value.valueStream().map(this::json).collect(Collectors.joining(",", "[", "]"));
    }
    if (isFunction(value)) {
      return TextNode.valueOf(call(value)).toString();
    }
    if (value.isObject()) {
      return value.properties().stream()
          .map(each -> TextNode.valueOf(each.getKey()) + ":" + json(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    return value.isMissingNode() ? "" : value.toString();
  }

  private static boolean isFunction(JsonNode value) {
    return value.isObject()
        && value.size() == 1
        && value.fieldNames().next().matches("Ref|Fn::[A-Za-z]+");
  }

  private String call(JsonNode value) {
    String function = value.fieldNames().next();
    JsonNode argument = value.path(function);
    return switch (function) {
      case "Ref" -> reference(argument.asText(), "");
      case "Fn::GetAtt" -> reference(argument.path(0).asText(), argument.path(1).asText());
      case "Fn::Join" ->
          argument
              .path(1)
              .valueStream()
              .map(this::of)
              .collect(Collectors.joining(argument.path(0).asText()));
      case "Fn::Sub" ->
          REFERENCE
              .matcher((argument.isArray() ? argument.path(0) : argument).asText())
              .replaceAll(
                  found -> {
                    String[] parts = found.group(1).split("\\.", 2);
                    return Matcher.quoteReplacement(
                        reference(parts[0], parts.length == 2 ? parts[1] : ""));
                  });
      default -> value.toString();
    };
  }

  private String reference(String id, String attribute) {
    if (PSEUDO.containsKey(id)) {
      return PSEUDO.get(id);
    }
    JsonNode resource = template.path("Resources").path(id);
    String type = resource.path("Type").asText();
    JsonNode properties = resource.path("Properties");
    JsonNode named = properties.path(type.substring(type.lastIndexOf(':') + 1) + "Name");
    JsonNode name = named.isMissingNode() ? properties.path("Name") : named;
    // A parameter of a nested stack is as good as its own name, which is that of what it refers to.
    return (attribute.isEmpty() && !id.endsWith("Arn") ? "" : ARN)
        + (name.isMissingNode() ? id : of(name));
  }
}

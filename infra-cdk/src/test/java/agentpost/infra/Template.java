package agentpost.infra;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A synthesized template. Its values are read as text with references as {@code ${LogicalId}} and
 * {@code ${LogicalId.Attribute}}; what a nested stack gets as a parameter reads as it does in the
 * stack around it.
 */
record Template(JsonNode json, Map<String, String> parameters) {
  /** One resource of a template. */
  record Resource(Template template, String id, JsonNode json) {
    String ref() {
      return "${" + id + "}";
    }

    String arn() {
      return "${" + id + ".Arn}";
    }

    JsonNode properties() {
      return json.path("Properties");
    }

    JsonNode at(String pointer) {
      return properties().at(pointer);
    }

    String text(String pointer) {
      return template.text(at(pointer));
    }

    List<String> dependsOn() {
      return strings(json.path("DependsOn"));
    }
  }

  List<Resource> all(String type) {
    return json.path("Resources").properties().stream()
        .filter(entry -> entry.getValue().path("Type").asText().equals(type))
        .map(entry -> new Resource(this, entry.getKey(), entry.getValue()))
        .toList();
  }

  /**
   * The types of those resources that have a name of ours: {@code Name}, or their kind's, as {@code
   * QueueName}.
   */
  Stream<String> named() {
    return json.path("Resources").properties().stream()
        .map(Map.Entry::getValue)
        .filter(
            resource -> {
              String type = resource.path("Type").asText();
              JsonNode properties = resource.path("Properties");
              return properties.has("Name")
                  || properties.has(type.substring(type.lastIndexOf(':') + 1) + "Name");
            })
        .map(resource -> resource.path("Type").asText());
  }

  Resource only(String type) {
    List<Resource> all = all(type);
    if (all.size() != 1) {
      throw new AssertionError("There are " + all.size() + " of " + type);
    }
    return all.getFirst();
  }

  /** What the policies attached to a role say, statement by statement. */
  List<JsonNode> rights(Resource role) {
    List<JsonNode> statements = new ArrayList<>();
    // What is too much for one policy is in managed ones.
    for (String type : List.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")) {
      for (Resource policy : all(type)) {
        if (text(policy.at("/Roles/0")).equals(role.ref())) {
          policy.at("/PolicyDocument/Statement").forEach(statements::add);
        }
      }
    }
    return statements;
  }

  String output(String name) {
    return text(json.path("Outputs").path(name).path("Value"));
  }

  String text(JsonNode value) {
    if (value.isObject() && value.size() == 1) {
      String function = value.fieldNames().next();
      JsonNode argument = value.path(function);
      return switch (function) {
        case "Ref" -> parameters.getOrDefault(argument.asText(), "${" + argument.asText() + "}");
        case "Fn::GetAtt" ->
            "${" + argument.path(0).asText() + "." + argument.path(1).asText() + "}";
        case "Fn::Join" ->
            StreamSupport.stream(argument.path(1).spliterator(), false)
                .map(this::text)
                .collect(Collectors.joining(argument.path(0).asText()));
        case "Fn::Sub" -> argument.asText();
        default -> value.toString();
      };
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }

  /** One or a list of them, as IAM and CloudFormation let people write. */
  static List<String> strings(JsonNode oneOrMore) {
    return oneOrMore.isArray()
        ? StreamSupport.stream(oneOrMore.spliterator(), false).map(JsonNode::asText).toList()
        : oneOrMore.isMissingNode() ? List.of() : List.of(oneOrMore.asText());
  }

  List<String> texts(JsonNode oneOrMore) {
    return oneOrMore.isArray()
        ? StreamSupport.stream(oneOrMore.spliterator(), false).map(this::text).toList()
        : List.of(text(oneOrMore));
  }
}

package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a template says by references, intrinsic functions and dynamic references of Secrets
 * Manager. What is not supported is refused by name.
 */
final class Intrinsics {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]+)}");

  /**
   * The current version of a secret, or of one key of its JSON; other versions are not supported.
   */
  private static final Pattern SECRET =
      Pattern.compile("\\{\\{resolve:secretsmanager:([^}]+?):SecretString(?::([^:}]*):{0,2})?}}");

  private static final Map<String, String> PSEUDO =
      Map.of(
          "AWS::AccountId", "000000000000",
          "AWS::Region", "us-east-1",
          "AWS::Partition", "aws",
          "AWS::URLSuffix", "amazonaws.com");

  private final String stack;
  private final Map<String, String> parameters;
  private final Function<String, Provider.Made> resources;
  private final BinaryOperator<String> secretValue;

  /**
   * @param given parameters; the others have their defaults
   * @param resources a resource by its logical id, which is made for that if it is not there yet
   * @param secretValue of a dynamic reference, by secret id and JSON key
   */
  Intrinsics(
      String stack,
      JsonNode template,
      Map<String, String> given,
      Function<String, Provider.Made> resources,
      BinaryOperator<String> secretValue) {
    this.stack = stack;
    this.parameters = parameters(template, given);
    this.resources = resources;
    this.secretValue = secretValue;
  }

  private static Map<String, String> parameters(JsonNode template, Map<String, String> given) {
    Map<String, String> all = new HashMap<>(given);
    for (Map.Entry<String, JsonNode> parameter : template.path("Parameters").properties()) {
      String name = parameter.getKey();
      // A parameter's value that Systems Manager holds is not in the template: only its name is.
      boolean elsewhere = parameter.getValue().path("Type").asText().startsWith("AWS::SSM::");
      if (!all.containsKey(name) && !elsewhere) {
        if (!parameter.getValue().has("Default")) {
          throw new UnsupportedTemplateException(
              "The parameter "
                  + name
                  + " must have a value, and its template has no default for it");
        }
        all.put(name, parameter.getValue().path("Default").asText());
      }
    }
    return all;
  }

  /** With values in the place of functions and references. */
  JsonNode evaluate(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.size() == 1) {
        String key = object.fieldNames().next();
        if (key.equals("Ref") || key.startsWith("Fn::")) {
          return TextNode.valueOf(resolveText(intrinsic(key, object.get(key))));
        }
      }
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      object.properties().forEach(field -> out.set(field.getKey(), evaluate(field.getValue())));
      return out;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode out = JsonNodeFactory.instance.arrayNode();
      array.forEach(item -> out.add(evaluate(item)));
      return out;
    }
    return node.isTextual() ? TextNode.valueOf(resolveText(node.asText())) : node;
  }

  /**
   * A piece of a text: a dynamic reference may go on in the next one, so it is resolved when the
   * text is whole.
   */
  private String part(JsonNode node) {
    return node.isObject() && node.size() == 1
        ? intrinsic(node.fieldNames().next(), node.elements().next())
        : node.asText();
  }

  private String intrinsic(String name, JsonNode argument) {
    return switch (name) {
      case "Ref" -> ref(argument.asText());
      case "Fn::GetAtt" -> attribute(argument.path(0).asText(), argument.path(1).asText());
      case "Fn::Join" -> join(argument);
      case "Fn::Sub" -> substitute(argument);
      case "Fn::Select" -> select(argument);
      default ->
          throw new UnsupportedTemplateException(
              "The local cloud does not support the intrinsic function " + name);
    };
  }

  private String ref(String reference) {
    if (reference.equals("AWS::StackName")) {
      return stack;
    }
    String pseudo = PSEUDO.get(reference);
    if (pseudo != null) {
      return pseudo;
    }
    if (reference.startsWith("AWS::")) {
      throw new UnsupportedTemplateException(
          "The local cloud does not support the pseudo parameter " + reference);
    }
    String parameter = parameters.get(reference);
    return parameter != null ? parameter : resources.apply(reference).ref();
  }

  private String attribute(String logicalId, String attribute) {
    String value = resources.apply(logicalId).attributes().get(attribute);
    if (value == null) {
      throw new UnsupportedTemplateException(
          "The local cloud does not support the attribute " + attribute + " of " + logicalId);
    }
    return value;
  }

  /** Of a list that is written out, of a text's parts, or of the region's zones. */
  private String select(JsonNode argument) {
    JsonNode list = argument.path(1);
    if (list.has("Fn::GetAZs")) {
      return PSEUDO.get("AWS::Region") + (char) ('a' + argument.path(0).asInt());
    }
    int index = argument.path(0).asInt();
    if (list.path("Fn::Split") instanceof ArrayNode split) {
      String[] parts = part(split.path(1)).split(Pattern.quote(split.path(0).asText()), -1);
      if (index < parts.length) {
        return parts[index];
      }
    }
    if (!list.isArray() || !list.has(index)) {
      throw new UnsupportedTemplateException(
          "The local cloud supports Fn::Select from a list, from Fn::Split or from Fn::GetAZs"
              + " only");
    }
    return part(list.path(index));
  }

  private String join(JsonNode argument) {
    StringBuilder out = new StringBuilder();
    String separator = "";
    for (JsonNode part : argument.path(1)) {
      out.append(separator).append(part(part));
      separator = argument.path(0).asText();
    }
    return out.toString();
  }

  private String substitute(JsonNode argument) {
    String text = argument.isArray() ? argument.path(0).asText() : argument.asText();
    JsonNode own = argument.isArray() ? argument.path(1) : JsonNodeFactory.instance.objectNode();
    return VARIABLE
        .matcher(text)
        .replaceAll(
            variable -> {
              String reference = variable.group(1);
              if (reference.startsWith("!")) {
                // ${!name} stands for ${name} itself.
                return Matcher.quoteReplacement("${" + reference.substring(1) + "}");
              }
              int dot = reference.indexOf('.');
              String value =
                  own.has(reference)
                      ? part(own.get(reference))
                      : dot < 0
                          ? ref(reference)
                          : attribute(reference.substring(0, dot), reference.substring(dot + 1));
              return Matcher.quoteReplacement(value);
            });
  }

  private String resolveText(String text) {
    String out =
        SECRET
            .matcher(text)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        secretValue.apply(
                            found.group(1), found.group(2) == null ? "" : found.group(2))));
    if (out.contains("{{resolve:")) {
      throw new UnsupportedTemplateException(
          "The local cloud does not support the dynamic reference in "
              + out.substring(out.indexOf("{{resolve:")));
    }
    return out;
  }
}

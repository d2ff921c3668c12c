package agentpost.local.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The shapes of a service's requests, as AWS's service model has them, and AWS's words for a
 * request that is not of its shape. What a request says and nothing here reads is refused by its
 * name: AWS passes over members that it does not know, but here they are those that are missing.
 */
public final class RequestModel {
  private final JsonNode operations;
  private final JsonNode shapes;
  private final JsonNode http;
  private final String error;

  private RequestModel(JsonNode model) {
    this.operations = model.path("operations");
    this.shapes = model.path("shapes");
    this.http = model.path("http");
    this.error = model.path("error").asText();
  }

  /**
   * @param file beside the class
   */
  public static RequestModel read(Class<?> of, String file) {
    try (InputStream in = Objects.requireNonNull(of.getResourceAsStream(file), file)) {
      return new RequestModel(new JsonMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same operations, each of which looks at its request first. */
  public Map<String, JsonService.Operation> checkAll(Map<String, JsonService.Operation> unchecked) {
    Map<String, JsonService.Operation> checked = new HashMap<>();
    unchecked.forEach(
        (name, operation) -> {
          String shape = operations.path(name).asText();
          if (!shapes.has(shape)) {
            throw new IllegalStateException("The model has no request of " + name);
          }
          checked.put(
              name,
              input -> {
                check(name, input);
                return operation.call(input);
              });
        });
    return checked;
  }

  /** The names of the operations. */
  public Set<String> operations() {
    Set<String> names = new TreeSet<>();
    operations.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Of REST services, the method and the path's template of an operation. */
  String http(String operation) {
    return http.path(operation).asText();
  }

  /** The shape of an operation's request. */
  public JsonNode request(String operation) {
    return shapes.path(operations.path(operation).asText());
  }

  public JsonNode shape(String name) {
    return shapes.path(name);
  }

  /**
   * @throws AwsException if it is no such operation's request, or says what is not honoured here
   */
  public void check(String operation, ObjectNode input) {
    String shape = operations.path(operation).asText();
    types(shape, input);
    List<String> violations = new ArrayList<>();
    structure(shapes.path(shape), input, "", violations);
    if (!violations.isEmpty()) {
      String errors =
          violations.size() == 1 ? "1 validation error" : violations.size() + " validation errors";
      throw AwsException.badRequest(error, errors + " detected: " + String.join("; ", violations));
    }
    refuse(operation, shapes.path(shape), input);
    LocalScope.requireOwnRoles(input);
  }

  /** What is no string, number and so on where one must be does not get as far as validation. */
  private void types(String name, JsonNode value) {
    JsonNode shape = shapes.path(name);
    String type = shape.path("type").asText();
    boolean fits =
        switch (type) {
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber() && value.canConvertToInt();
          case "long" -> value.isIntegralNumber() && value.canConvertToLong();
          case "blob" -> value.isTextual() || value.isBinary();
          case "boolean" -> value.isBoolean();
          case "timestamp" -> value.isNumber();
          case "structure", "map" -> value.isObject();
          case "list" -> value.isArray();
          default -> true;
        };
    if (value.isNull()) {
      return;
    }
    if (!fits) {
      throw AwsException.badRequest("SerializationException", explainUnfit(value, type));
    }
    switch (type) {
      case "structure" ->
          shape
              .path("members")
              .properties()
              .forEach(
                  member ->
                      value
                          .optional(member.getKey())
                          .ifPresent(one -> types(member.getValue().asText(), one)));
      case "list" -> value.forEach(one -> types(shape.path("member").asText(), one));
      case "map" -> value.forEach(one -> types(shape.path("value").asText(), one));
      default -> {}
    }
  }

  private static String explainUnfit(JsonNode value, String type) {
    return switch (value.getNodeType()) {
      case OBJECT -> "Start of structure or map found where not expected.";
      case ARRAY -> "Start of list found where not expected";
      case STRING -> "STRING_VALUE can not be converted to " + spell(type);
      case BOOLEAN ->
          (value.asBoolean() ? "TRUE_VALUE" : "FALSE_VALUE")
              + " can not be converted to "
              + spell(type);
      default ->
          (value.isIntegralNumber() ? "NUMBER_VALUE" : "DECIMAL_VALUE")
              + " can not be converted to "
              + spell(type);
    };
  }

  private static String spell(String type) {
    return switch (type) {
      case "integer" -> "Integer";
      case "long" -> "Long";
      case "boolean" -> "Boolean";
      case "timestamp" -> "milliseconds since epoch";
      case "list" -> "List";
      case "structure", "map" -> "Map";
      default -> "String";
    };
  }

  private void structure(JsonNode shape, JsonNode value, String at, List<String> violations) {
    shape
        .path("members")
        .properties()
        .forEach(
            member -> {
              String path = at + toLowerName(member.getKey());
              JsonNode one = value.path(member.getKey());
              if (one.isMissingNode() || one.isNull()) {
                if (shape
                    .path("required")
                    .valueStream()
                    .anyMatch(name -> name.asText().equals(member.getKey()))) {
                  violations.add(
                      "Value null at '"
                          + path
                          + "' failed to satisfy constraint: Member must not be null");
                }
              } else {
                value(shapes.path(member.getValue().asText()), one, path, violations);
              }
            });
  }

  private void value(JsonNode shape, JsonNode value, String path, List<String> violations) {
    for (String constraint : Constraint.findBroken(shape, value)) {
      violations.add(
          "Value "
              + (shape.path("sensitive").asBoolean() ? "" : "'" + show(shape, value) + "' ")
              + "at '"
              + path
              + "' failed to satisfy constraint: "
              + constraint);
    }
    switch (shape.path("type").asText()) {
      case "structure" -> structure(shape, value, path + ".", violations);
      case "list" -> list(shape, value, path, violations);
      case "map" -> map(shape, value, path, violations);
      default -> {}
    }
  }

  private void list(JsonNode shape, JsonNode value, String path, List<String> violations) {
    JsonNode member = shapes.path(shape.path("member").asText());
    int number = 0;
    for (JsonNode one : value) {
      number++;
      if (member.path("type").asText().equals("structure")) {
        structure(member, one, path + "." + number + ".member.", violations);
      } else if (one.isNull() || !Constraint.findBroken(member, one).isEmpty()) {
        violations.add(
            "Value '"
                + show(shape, value)
                + "' at '"
                + path
                + "' failed to satisfy constraint: Member must satisfy constraint: "
                + Constraint.describeAll(member));
        return;
      }
    }
  }

  private void map(JsonNode shape, JsonNode value, String path, List<String> violations) {
    JsonNode key = shapes.path(shape.path("key").asText());
    JsonNode each = shapes.path(shape.path("value").asText());
    String at =
        "Value '" + show(shape, value) + "' at '" + path + "' failed to satisfy constraint: ";
    if (value
        .propertyStream()
        .anyMatch(
            entry -> !Constraint.findBroken(key, TextNode.valueOf(entry.getKey())).isEmpty())) {
      violations.add(at + "Map keys must satisfy constraint: " + Constraint.describeAll(key));
    }
    if (value
        .propertyStream()
        .anyMatch(entry -> !Constraint.findBroken(each, entry.getValue()).isEmpty())) {
      violations.add(at + "Map value must satisfy constraint: " + Constraint.describeAll(each));
    }
    if (each.path("type").asText().equals("structure")) {
      value
          .properties()
          .forEach(
              entry ->
                  structure(
                      each,
                      entry.getValue(),
                      path + "." + entry.getKey() + ".member.",
                      violations));
    }
  }

  /** A value as AWS's service prints it. */
  private String show(JsonNode shape, JsonNode value) {
    return switch (shape.path("type").asText()) {
      case "structure" -> {
        List<String> members = new ArrayList<>();
        shape
            .path("members")
            .properties()
            .forEach(
                member -> {
                  JsonNode one = value.path(member.getKey());
                  members.add(
                      toLowerName(member.getKey())
                          + "="
                          + (one.isMissingNode() || one.isNull()
                              ? "null"
                              : show(shapes.path(member.getValue().asText()), one)));
                });
        shape
            .path("unpublished")
            .forEach(name -> members.add(toLowerName(name.asText()) + "=null"));
        yield "(" + String.join(", ", members) + ")";
      }
      case "list" -> {
        String name =
            shapes.path(shape.path("member").asText()).path("type").asText().equals("structure")
                ? shape.path("member").asText()
                : "";
        yield "["
            + String.join(
                ", ",
                value
                    .valueStream()
                    .map(one -> name + show(shapes.path(shape.path("member").asText()), one))
                    .toList())
            + "]";
      }
      case "map" ->
          "{"
              + String.join(
                  ", ",
                  value
                      .propertyStream()
                      .map(entry -> entry.getKey() + "=" + entry.getValue().asText())
                      .toList())
              + "}";
      default ->
          shape.path("sensitive").asBoolean() ? "***Sensitive Data Redacted***" : value.asText();
    };
  }

  private static String toLowerName(String name) {
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /** What AWS knows and the local cloud cannot honour, and what the model does not have. */
  private void refuse(String operation, JsonNode shape, JsonNode value) {
    switch (shape.path("type").asText()) {
      case "structure" -> {
        JsonNode members = shape.path("members");
        for (var one : value.properties()) {
          boolean isRefused =
              shape
                  .path("refused")
                  .valueStream()
                  .anyMatch(name -> name.asText().equals(one.getKey()));
          if (!one.getValue().isNull()
              && members.isObject()
              && (isRefused || !members.has(one.getKey()))) {
            throw AwsException.badRequest(
                error,
                "The local cloud does not support " + one.getKey() + " of " + operation + ".");
          }
          refuse(operation, shapes.path(members.path(one.getKey()).asText()), one.getValue());
        }
      }
      case "list" ->
          value.forEach(one -> refuse(operation, shapes.path(shape.path("member").asText()), one));
      case "map" ->
          value.forEach(one -> refuse(operation, shapes.path(shape.path("value").asText()), one));
      default -> {}
    }
  }
}

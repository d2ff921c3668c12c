package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaVersion;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Holds subscriptions' patterns to their events' schemas: a rule with a misspelt field is valid to
 * EventBridge, and matches nothing for ever.
 */
final class SubscriptionFields {
  private final List<String> problems = new ArrayList<>();

  private SubscriptionFields() {}

  /** What is wrong, one line for each field that no version of its event has. */
  static List<String> problems(Catalog catalog, EventSchemas schemas) {
    SubscriptionFields fields = new SubscriptionFields();
    for (Catalog.Agent agent : catalog.agents()) {
      for (int i = 0; i < agent.subscriptions().size(); i++) {
        Catalog.Subscription subscription = agent.subscriptions().get(i);
        String path = "agents." + agent.name() + ".subscribes[" + i + "].where";
        if (!schemas.eventTypes().contains(subscription.event())) {
          // The reader has said so.
          continue;
        }
        List<JsonNode> documents =
            schemas.versions(subscription.event()).stream()
                .map((SchemaVersion version) -> schemas.document(subscription.event(), version))
                .toList();
        subscription
            .where()
            .ifPresent(where -> fields.check(path, where, documents, subscription.event()));
      }
    }
    return fields.problems;
  }

  /**
   * @param schemas of this place, by version
   */
  private void check(String path, JsonNode pattern, List<JsonNode> schemas, String event) {
    for (Map.Entry<String, JsonNode> field : pattern.properties()) {
      if (field.getKey().equals("$or")) {
        field.getValue().forEach(alternative -> check(path, alternative, schemas, event));
        continue;
      }
      List<JsonNode> declared =
          schemas.stream()
              .map(schema -> schema.path("properties"))
              .filter(properties -> !properties.isEmpty())
              .toList();
      // Where a schema names no properties, any may be there.
      if (declared.size() < schemas.size()) {
        continue;
      }
      List<JsonNode> below =
          declared.stream()
              .filter(properties -> properties.has(field.getKey()))
              .map(properties -> properties.get(field.getKey()))
              .toList();
      String at = path + "." + field.getKey();
      if (below.isEmpty()) {
        TreeSet<String> known = new TreeSet<>();
        declared.forEach(properties -> properties.fieldNames().forEachRemaining(known::add));
        problems.add(
            at + ": " + event + " has no such field; there are " + String.join(", ", known));
      } else if (field.getValue().isArray()) {
        field.getValue().forEach(value -> literal(at, value, below, event));
      } else {
        check(at, field.getValue(), below, event);
      }
    }
  }

  /** A value that is to be equal must be one that the event can have. */
  private void literal(String at, JsonNode value, List<JsonNode> schemas, String event) {
    if (value.isObject() || schemas.stream().anyMatch(schema -> allows(schema, value))) {
      return;
    }
    JsonNode schema = schemas.getLast();
    String right =
        schema.has("enum") ? "one of " + schema.get("enum") : "of type " + schema.path("type");
    problems.add(at + " can never be " + value + " in " + event + "; it is " + right);
  }

  private static boolean allows(JsonNode schema, JsonNode value) {
    for (JsonNode one : schema.path("enum")) {
      if (one.equals(value)) {
        return true;
      }
    }
    return !schema.has("enum")
        && (!schema.has("type")
            || types(schema.get("type")).contains(type(value))
            || isOfArray(schema, value));
  }

  /** EventBridge holds a pattern's values against each item of an array. */
  private static boolean isOfArray(JsonNode schema, JsonNode value) {
    return types(schema.path("type")).contains("array") && allows(schema.path("items"), value);
  }

  private static List<String> types(JsonNode type) {
    List<String> types = new ArrayList<>();
    (type.isArray() ? type : List.of(type))
        .forEach(one -> types.add(one.asText().equals("integer") ? "number" : one.asText()));
    return types;
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "boolean";
      default -> "null";
    };
  }
}

package agentpost.local.iam;

import agentpost.local.policy.ActionRequest;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request to DynamoDB asks for: one call for each table, or for each item of a transaction,
 * with the partition keys it reaches as {@code dynamodb:LeadingKeys}.
 */
final class DynamoActionMapper {
  private static final String TABLE =
      "arn:aws:dynamodb:us-east-1:" + Authorizer.ACCOUNT + ":table/";
  private static final String KEYS = "dynamodb:LeadingKeys";
  private static final Pattern EQUALITY = Pattern.compile("(#?[\\w.-]+)\\s*=\\s*(:\\w+)");
  private static final Map<String, String> OF_TRANSACTIONS =
      Map.of(
          "Put",
          "PutItem",
          "Update",
          "UpdateItem",
          "Delete",
          "DeleteItem",
          "ConditionCheck",
          "ConditionCheckItem",
          "Get",
          "GetItem");

  /** Partition keys' names by table, and by {@code table/index/name}. */
  private final Map<String, String> partitionKeys = new ConcurrentHashMap<>();

  /**
   * @param properties of a template's table
   */
  void table(JsonNode properties) {
    String name = properties.path("TableName").asText();
    partitionKey(name, properties);
    properties
        .path("GlobalSecondaryIndexes")
        .forEach(index -> partitionKey(name + "/index/" + index.path("IndexName").asText(), index));
  }

  private void partitionKey(String name, JsonNode schema) {
    for (JsonNode key : schema.path("KeySchema")) {
      if (key.path("KeyType").asText().equals("HASH")) {
        partitionKeys.put(name, key.path("AttributeName").asText());
      }
    }
  }

  List<ActionRequest> of(String operation, JsonNode input) {
    return switch (operation) {
      case "PutItem" -> List.of(onItem("PutItem", input, "Item"));
      case "GetItem", "UpdateItem", "DeleteItem" -> List.of(onItem(operation, input, "Key"));
      case "Query", "Scan" -> List.of(readRequest(operation, input));
      case "TransactWriteItems", "TransactGetItems" -> ofTransaction(input);
      case "BatchGetItem" ->
          ofBatch(
              operation, input, table -> List.copyOf(table.path("Keys").valueStream().toList()));
      case "BatchWriteItem" ->
          ofBatch(
              operation,
              input,
              table ->
                  table
                      .valueStream()
                      .map(
                          write ->
                              write.has("PutRequest")
                                  ? write.at("/PutRequest/Item")
                                  : write.at("/DeleteRequest/Key"))
                      .toList());
      case "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction" ->
          throw AwsException.badRequest(
              "UnknownOperationException",
              "The local cloud does not hold PartiQL to a role, and refuses DynamoDB "
                  + operation
                  + " to functions");
      default ->
          List.of(
              new ActionRequest(
                  "dynamodb:" + operation,
                  input.hasNonNull("TableName") ? arn(input.path("TableName").asText()) : "*"));
    };
  }

  private static String arn(String table) {
    return table.startsWith("arn:") ? table : TABLE + table;
  }

  private static String name(String table) {
    return table.substring(table.indexOf('/') + 1);
  }

  private ActionRequest onItem(String action, JsonNode input, String item) {
    String table = input.path("TableName").asText();
    return withKeys(
        new ActionRequest("dynamodb:" + action, arn(table)),
        name(table),
        List.of(input.path(item)));
  }

  private ActionRequest withKeys(ActionRequest call, String table, List<JsonNode> items) {
    String key = partitionKeys.get(table);
    return key == null
        ? call
        : call.with(KEYS, items.stream().map(item -> text(item.path(key))).toList());
  }

  /** A value without its type, as in {@code {"S":"a"}}. */
  private static String text(JsonNode value) {
    return value.isObject() && value.size() == 1 ? value.elements().next().asText() : "";
  }

  private ActionRequest readRequest(String operation, JsonNode input) {
    String table = input.path("TableName").asText();
    String suffix =
        input.hasNonNull("IndexName") ? "/index/" + input.path("IndexName").asText() : "";
    ActionRequest call = new ActionRequest("dynamodb:" + operation, arn(table) + suffix);
    Optional<String> key = Optional.ofNullable(partitionKeys.get(name(table) + suffix));
    Matcher equality = EQUALITY.matcher(input.path("KeyConditionExpression").asText());
    while (key.isPresent() && equality.find()) {
      if (input
          .path("ExpressionAttributeNames")
          .path(equality.group(1))
          .asText(equality.group(1))
          .equals(key.get())) {
        return call.with(
            KEYS, List.of(text(input.path("ExpressionAttributeValues").path(equality.group(2)))));
      }
    }
    return call;
  }

  private List<ActionRequest> ofTransaction(JsonNode input) {
    List<ActionRequest> calls = new ArrayList<>();
    for (JsonNode item : input.path("TransactItems")) {
      item.properties()
          .forEach(
              part ->
                  calls.add(
                      onItem(
                          OF_TRANSACTIONS.getOrDefault(part.getKey(), part.getKey()),
                          part.getValue(),
                          part.getKey().equals("Put") ? "Item" : "Key")));
    }
    return calls;
  }

  private interface Items {
    List<JsonNode> of(JsonNode table);
  }

  private List<ActionRequest> ofBatch(String operation, JsonNode input, Items items) {
    List<ActionRequest> calls = new ArrayList<>();
    for (Map.Entry<String, JsonNode> table : input.path("RequestItems").properties()) {
      calls.add(
          withKeys(
              new ActionRequest("dynamodb:" + operation, arn(table.getKey())),
              name(table.getKey()),
              items.of(table.getValue())));
    }
    return calls;
  }
}

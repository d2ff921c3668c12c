package agentpost.local.nothinglost;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * Tables in memory: single items, written if a condition holds, one write after the other. Reads
 * are consistent.
 */
final class MemoryTable implements DynamoDbClient {
  private record Row(Map<String, AttributeValue> item, Optional<Program> writer) {}

  private final Simulation simulation;
  private final UnreliableStore unreliable;
  private final Map<String, List<String>> keys;
  private final Map<String, Row> rows = new LinkedHashMap<>();

  /**
   * @param keys of each table, the names of its key's attributes
   */
  MemoryTable(Simulation simulation, Map<String, List<String>> keys) {
    this.simulation = simulation;
    this.unreliable = new UnreliableStore(simulation);
    this.keys = keys;
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    return unreliable.call(
        "claim",
        () -> {
          String key = key(request.tableName(), request.item());
          check(
              key,
              request.conditionExpression(),
              request.expressionAttributeNames(),
              request.expressionAttributeValues(),
              request.returnValuesOnConditionCheckFailure());
          put(key, request.item());
          return PutItemResponse.builder().build();
        });
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    return unreliable.call(
        request.tableName().equals(SimulatedDeployment.CLAIMS) ? "mark done" : "write health",
        () -> {
          String key = key(request.tableName(), request.key());
          check(
              key,
              request.conditionExpression(),
              request.expressionAttributeNames(),
              request.expressionAttributeValues(),
              request.returnValuesOnConditionCheckFailure());
          Map<String, AttributeValue> before = new HashMap<>(item(key));
          before.putAll(request.key());
          Map<String, AttributeValue> after =
              new Expression(
                      request.updateExpression(),
                      request.expressionAttributeNames(),
                      request.expressionAttributeValues(),
                      before)
                  .updated();
          put(key, after);
          return UpdateItemResponse.builder()
              .attributes(request.returnValues() == ReturnValue.ALL_NEW ? after : Map.of())
              .build();
        });
  }

  @Override
  public DeleteItemResponse deleteItem(DeleteItemRequest request) {
    return unreliable.call(
        "give back the claim",
        () -> {
          String key = key(request.tableName(), request.key());
          check(
              key,
              request.conditionExpression(),
              request.expressionAttributeNames(),
              request.expressionAttributeValues(),
              request.returnValuesOnConditionCheckFailure());
          rows.remove(key);
          return DeleteItemResponse.builder().build();
        });
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    return unreliable.call(
        "read health",
        () -> {
          String key = key(request.tableName(), request.key());
          return rows.containsKey(key)
              ? GetItemResponse.builder().item(item(key)).build()
              : GetItemResponse.builder().build();
        });
  }

  @Override
  public ScanResponse scan(ScanRequest request) {
    return unreliable.call(
        "read all health",
        () ->
            ScanResponse.builder()
                .items(
                    rows.entrySet().stream()
                        .filter(row -> row.getKey().startsWith(request.tableName() + "/"))
                        .map(row -> row.getValue().item())
                        .toList())
                .build());
  }

  /** Whether any row of this table has this attribute. */
  boolean hasRowWith(String table, String attribute) {
    return rows.entrySet().stream()
        .anyMatch(
            row ->
                row.getKey().startsWith(table + "/")
                    && row.getValue().item().containsKey(attribute));
  }

  private void put(String key, Map<String, AttributeValue> item) {
    rows.put(key, new Row(Map.copyOf(item), simulation.actor()));
    simulation.tell(
        () ->
            key
                + " is now "
                + Optional.ofNullable(item.get("status"))
                    .map(AttributeValue::s)
                    .orElseGet(() -> new TreeMap<>(item).keySet().toString()));
  }

  private String key(String table, Map<String, AttributeValue> attributes) {
    return table
        + Optional.ofNullable(keys.get(table)).orElseThrow().stream()
            .map(name -> "/" + Optional.ofNullable(attributes.get(name)).orElseThrow().s())
            .collect(Collectors.joining());
  }

  private Map<String, AttributeValue> item(String key) {
    return Optional.ofNullable(rows.get(key)).map(Row::item).orElse(Map.of());
  }

  private void check(
      String key,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values,
      ReturnValuesOnConditionCheckFailure returned) {
    if (condition == null || new Expression(condition, names, values, item(key)).holds()) {
      return;
    }
    simulation.tell(() -> key + ": the condition does not hold");
    throw ConditionalCheckFailedException.builder()
        .message("The conditional request failed")
        .item(
            returned == ReturnValuesOnConditionCheckFailure.ALL_OLD && rows.containsKey(key)
                ? item(key)
                : Map.of())
        .build();
  }

  /** What an attribute of an item is now; nothing if there is none. */
  Optional<AttributeValue> attribute(
      String table, Map<String, AttributeValue> key, String attribute) {
    return Optional.ofNullable(item(key(table, key)).get(attribute));
  }

  /** Keys of rows that this process has written last and that are as this says. */
  List<String> writtenBy(Program process, Predicate<Map<String, AttributeValue>> isMeant) {
    return rows.entrySet().stream()
        .filter(
            row ->
                row.getValue().writer().equals(Optional.of(process))
                    && isMeant.test(row.getValue().item()))
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}

package agentpost.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;
import software.amazon.dynamodb.services.local.shared.access.AmazonDynamoDBLocal;

/**
 * DynamoDB Local in this JVM, with the tables as the template has them, and calls that fail on
 * demand.
 */
public final class LocalTables implements AutoCloseable {
  public static final String CLAIMS = "agentpost-claims";
  public static final String AGENT_STATE = "agentpost-agent-state";
  public static final String OPERATIONS = "agentpost-operations";
  public static final String HEALTH = "agentpost-health";

  private volatile Function<String, Optional<RuntimeException>> before = _ -> Optional.empty();
  private volatile Consumer<String> after = _ -> {};
  private volatile boolean repeated;
  private final AmazonDynamoDBLocal local = DynamoDBEmbedded.create(true);
  private final DynamoDbClient real = local.dynamoDbClient();
  private final DynamoDbClient faulty =
      (DynamoDbClient)
          Proxy.newProxyInstance(
              DynamoDbClient.class.getClassLoader(),
              new Class<?>[] {DynamoDbClient.class},
              (_, method, arguments) -> {
                try {
                  Optional<RuntimeException> fault = before.apply(method.getName());
                  if (fault.isPresent()) {
                    throw fault.get();
                  }
                  Object answer = method.invoke(real, arguments);
                  after.accept(method.getName());
                  return method.getName().equals("putItem") && repeated
                      ? method.invoke(real, arguments)
                      : answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });

  public LocalTables() {
    table(CLAIMS, "event_id");
    table(AGENT_STATE, "key");
    real.createTable(
        create ->
            create
                .tableName(HEALTH)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(List.of(text("agent")))
                .keySchema(List.of(key("agent", KeyType.HASH))));
    real.createTable(
        create ->
            create
                .tableName(OPERATIONS)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    List.of(
                        text("correlation_id"),
                        text("open"),
                        number("deadline"),
                        text("unpublished"),
                        number("completed_at")))
                .keySchema(List.of(key("correlation_id", KeyType.HASH)))
                .globalSecondaryIndexes(
                    List.of(
                        index("open-by-deadline", "open", "deadline"),
                        index("unpublished", "unpublished", "completed_at"))));
  }

  private static GlobalSecondaryIndex index(String name, String hash, String range) {
    return GlobalSecondaryIndex.builder()
        .indexName(name)
        .keySchema(List.of(key(hash, KeyType.HASH), key(range, KeyType.RANGE)))
        .projection(projection -> projection.projectionType(ProjectionType.KEYS_ONLY))
        .build();
  }

  private static AttributeDefinition number(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.N)
        .build();
  }

  private void table(String name, String sortKey) {
    real.createTable(
        create ->
            create
                .tableName(name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(List.of(text("agent"), text(sortKey)))
                .keySchema(List.of(key("agent", KeyType.HASH), key(sortKey, KeyType.RANGE))));
  }

  private static AttributeDefinition text(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  /** Fails calls, by their method's name, before they have any effect. */
  public void failBefore(Function<String, Optional<RuntimeException>> fault) {
    before = fault;
  }

  /**
   * Is told of calls, by their method's name, once they have had their effect; what it throws is
   * thrown instead of their answer.
   */
  public void failAfter(Consumer<String> fault) {
    after = fault;
  }

  /** Writes everything twice, as the SDK does when the answer to the first is lost. */
  public void repeatPutItem() {
    repeated = true;
  }

  public void works() {
    before = _ -> Optional.empty();
    after = _ -> {};
    repeated = false;
  }

  public DynamoDbClient client() {
    return faulty;
  }

  /** A row as it is, whatever fails; empty if there is none. */
  public Map<String, AttributeValue> row(String table, String agent, String sortKey, String key) {
    return real.getItem(
            get ->
                get.tableName(table)
                    .key(
                        Map.of(
                            "agent",
                            AttributeValue.fromS(agent),
                            sortKey,
                            AttributeValue.fromS(key)))
                    .consistentRead(true))
        .item();
  }

  /** What an agent's memory or its record has under this name, as text; empty if nothing. */
  public String state(String agent, String key, String attribute) {
    AttributeValue value =
        row(AGENT_STATE, agent, "key", key).getOrDefault(attribute, AttributeValue.fromS(""));
    return Optional.ofNullable(value.s()).or(() -> Optional.ofNullable(value.n())).orElseThrow();
  }

  /** An operation's row as it is, whatever fails; empty if there is none. */
  public Map<String, AttributeValue> operation(String id) {
    return real.getItem(
            get ->
                get.tableName(OPERATIONS)
                    .key(Map.of("correlation_id", AttributeValue.fromS(id)))
                    .consistentRead(true))
        .item();
  }

  /** An agent's health as it is, whatever fails; empty if nothing is known of it. */
  public Map<String, AttributeValue> health(String agent) {
    return real.getItem(
            get ->
                get.tableName(HEALTH)
                    .key(Map.of("agent", AttributeValue.fromS(agent)))
                    .consistentRead(true))
        .item();
  }

  /** Every row of a table, whatever fails. */
  public List<Map<String, AttributeValue>> rows(String table) {
    return real.scanPaginator(scan -> scan.tableName(table).consistentRead(true)).items().stream()
        .toList();
  }

  @Override
  public void close() {
    local.shutdown();
  }
}

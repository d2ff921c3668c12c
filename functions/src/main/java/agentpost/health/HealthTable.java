package agentpost.health;

import agentpost.event.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * The table of agents' health, key {@code agent}: a row for each agent that has failed lately, and none for one that never did. Every write is
 * one conditional update. Times are epoch milliseconds. Failures of DynamoDB are thrown as the SDK throws them.
 */
public final class HealthTable {
  /** A row is forgotten when nothing has been written to it for so long: an agent that is gone, or well. */
  private static final Duration KEPT = Duration.ofDays(30);

  private final DynamoDbClient client;
  private final String table;
  private final Optional<Duration> within;

  public HealthTable(DynamoDbClient client, String table) {
    this(client, table, Optional.empty());
  }

  private HealthTable(DynamoDbClient client, String table, Optional<Duration> within) {
    this.client = client;
    this.table = table;
    this.within = within;
  }

  /** The table of HEALTH_TABLE. */
  public static HealthTable on(Platform platform) {
    String table = Environment.requiring(platform.environment(), "HEALTH_TABLE").get("HEALTH_TABLE");
    return new HealthTable(platform.aws().create(DynamoDbClient.builder()), table);
  }

  /** The same table, for someone who has no more time than that for a call. */
  public HealthTable within(Duration time) {
    return new HealthTable(client, table, Optional.of(time));
  }

  /**
   * One update.
   *
   * @param set assignments, such as {@code a = :a}
   * @param rest what else it does, such as {@code REMOVE b}; may be empty
   */
  public record Change(String set, String rest, String condition, Map<String, AttributeValue> values) {
    public Change {
      values = Map.copyOf(values);
    }
  }

  /**
   * What came of an update.
   *
   * @param done false if its condition did not hold
   * @param row as it is now; empty if there is none
   */
  public record Written(boolean done, Map<String, AttributeValue> row) {}

  /** The row as it was a moment ago; empty if there is none. */
  Map<String, AttributeValue> row(AgentName agent) {
    return client
        .getItem(get -> get.tableName(table).key(key(agent)).overrideConfiguration(override -> within.ifPresent(override::apiCallTimeout)))
        .item();
  }

  /** Every row, as of now. */
  public Map<AgentName, Map<String, AttributeValue>> rows() {
    Map<AgentName, Map<String, AttributeValue>> rows = new LinkedHashMap<>();
    client
        .scanPaginator(scan -> scan.tableName(table).consistentRead(true))
        .items()
        .forEach(row -> Optional.ofNullable(row.get("agent")).map(AttributeValue::s).filter(AgentName::isValid).ifPresent(agent -> rows.put(new AgentName(agent), row)));
    return rows;
  }

  public Written update(AgentName agent, Instant now, Change change) {
    Map<String, AttributeValue> values = new HashMap<>(change.values());
    values.put(":expires", number(now.plus(KEPT).getEpochSecond()));
    String sets = change.set().isEmpty() ? "expires_at = :expires" : change.set() + ", expires_at = :expires";
    try {
      Map<String, AttributeValue> row =
          client
              .updateItem(
                  update ->
                      update
                          .tableName(table)
                          .key(key(agent))
                          .updateExpression("SET " + sets + " " + change.rest())
                          .conditionExpression(change.condition())
                          .expressionAttributeValues(values)
                          .returnValues("ALL_NEW")
                          .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                          .overrideConfiguration(override -> within.ifPresent(override::apiCallTimeout)))
              .attributes();
      return new Written(true, row);
    } catch (ConditionalCheckFailedException e) {
      return new Written(false, e.hasItem() ? e.item() : Map.of());
    }
  }

  private static Map<String, AttributeValue> key(AgentName agent) {
    return Map.of("agent", AttributeValue.fromS(agent.value()));
  }

  public static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  public static AttributeValue at(Instant time) {
    return number(time.toEpochMilli());
  }

  public static Optional<Long> number(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name)).map(AttributeValue::n).map(Long::valueOf);
  }

  public static Optional<Instant> at(Map<String, AttributeValue> row, String name) {
    return number(row, name).map(Instant::ofEpochMilli);
  }
}

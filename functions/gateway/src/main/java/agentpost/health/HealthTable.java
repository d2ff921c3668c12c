package agentpost.health;

import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;

import agentpost.catalog.AgentName;
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
 * The table of agents' health, key {@code agent}: a row for each agent that has failed lately, and
 * none for one that never did; and for an external agent a row of its own, which is never
 * forgotten, with what its owner said of deliveries. Every write is one conditional update. Times
 * are epoch milliseconds. Failures of DynamoDB are thrown as the SDK throws them.
 */
public final class HealthTable {
  /**
   * A row is forgotten when nothing has been written to it for so long: an agent that is gone, or
   * well.
   */
  private static final Duration RETENTION = Duration.ofDays(30);

  /** No agent's name has a slash in it. */
  private static final String CONSENT = "consent/";

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
  public static HealthTable from(Platform platform) {
    String table = Environment.require(platform.environment(), HEALTH_TABLE).get(HEALTH_TABLE);
    return new HealthTable(platform.aws().create(DynamoDbClient.builder()), table);
  }

  /** The same table, for someone who has no more time than that for a call. */
  public HealthTable withTimeout(Duration time) {
    return new HealthTable(client, table, Optional.of(time));
  }

  /**
   * One update.
   *
   * @param set assignments, such as {@code a = :a}
   * @param rest what else it does, such as {@code REMOVE b}; may be empty
   */
  public record Change(
      String set, String rest, String condition, Map<String, AttributeValue> values) {
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
  public record WriteResult(boolean done, Map<String, AttributeValue> row) {}

  /** The row as it was a moment ago; empty if there is none. */
  Map<String, AttributeValue> row(AgentName agent) {
    return read(agent.value(), false);
  }

  /** What its owner said, as of now; empty if nothing. */
  Map<String, AttributeValue> consentRow(AgentName agent) {
    return read(CONSENT + agent, true);
  }

  private Map<String, AttributeValue> read(String key, boolean consistent) {
    return client
        .getItem(
            get ->
                get.tableName(table)
                    .key(key(key))
                    .consistentRead(consistent)
                    .overrideConfiguration(override -> within.ifPresent(override::apiCallTimeout)))
        .item();
  }

  /**
   * What is known of every agent, as of now: its row's attributes and those of its owner's consent,
   * whose names differ.
   */
  public Map<AgentName, Map<String, AttributeValue>> rows() {
    Map<AgentName, Map<String, AttributeValue>> rows = new LinkedHashMap<>();
    client
        .scanPaginator(scan -> scan.tableName(table).consistentRead(true))
        .items()
        .forEach(
            row ->
                Optional.ofNullable(row.get("agent"))
                    .map(AttributeValue::s)
                    .map(key -> key.startsWith(CONSENT) ? key.substring(CONSENT.length()) : key)
                    .filter(AgentName::isValid)
                    .ifPresent(
                        agent ->
                            rows.computeIfAbsent(new AgentName(agent), _ -> new HashMap<>())
                                .putAll(row)));
    return rows;
  }

  public WriteResult update(AgentName agent, Instant now, Change change) {
    Map<String, AttributeValue> values = new HashMap<>(change.values());
    values.put(":expires", number(now.plus(RETENTION).getEpochSecond()));
    String set =
        change.set().isEmpty() ? "expires_at = :expires" : change.set() + ", expires_at = :expires";
    return update(agent.value(), new Change(set, change.rest(), change.condition(), values));
  }

  /**
   * @param change with something to set
   */
  WriteResult updateConsent(AgentName agent, Change change) {
    return update(CONSENT + agent, change);
  }

  private WriteResult update(String key, Change change) {
    try {
      Map<String, AttributeValue> row =
          client
              .updateItem(
                  update ->
                      update
                          .tableName(table)
                          .key(key(key))
                          .updateExpression("SET " + change.set() + " " + change.rest())
                          .conditionExpression(change.condition())
                          .expressionAttributeValues(change.values())
                          .returnValues("ALL_NEW")
                          .returnValuesOnConditionCheckFailure(
                              ReturnValuesOnConditionCheckFailure.ALL_OLD)
                          .overrideConfiguration(
                              override -> within.ifPresent(override::apiCallTimeout)))
              .attributes();
      return new WriteResult(true, row);
    } catch (ConditionalCheckFailedException e) {
      return new WriteResult(false, e.hasItem() ? e.item() : Map.of());
    }
  }

  private static Map<String, AttributeValue> key(String key) {
    return Map.of("agent", AttributeValue.fromS(key));
  }

  public static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  public static AttributeValue millisAttribute(Instant time) {
    return number(time.toEpochMilli());
  }

  public static Optional<Long> number(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name)).map(AttributeValue::n).map(Long::valueOf);
  }

  public static Optional<Instant> instantOf(Map<String, AttributeValue> row, String name) {
    return number(row, name).map(Instant::ofEpochMilli);
  }
}

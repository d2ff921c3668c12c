package agentpost.health;

import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;

import agentpost.catalog.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import java.time.Duration;
import java.time.Instant;
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
  /** A delivery's attempt enters and leaves. */
  public static final int WRITES_PER_ATTEMPT = 2;

  /**
   * A row is forgotten when nothing has been written to it for so long: an agent that is gone, or
   * well.
   */
  private static final Duration RETENTION = Duration.ofDays(30);

  private static final String KEY = "agent";

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
   * What came of an update.
   *
   * @param done false if its condition did not hold
   * @param row as it is now; empty if there is none
   */
  record WriteResult(boolean done, HealthRow row) {}

  /** The row as it was a moment ago; empty if there is none. */
  HealthRow row(AgentName agent) {
    return read(agent.value(), false);
  }

  /** What its owner said, as of now; empty if nothing. */
  HealthRow consentRow(AgentName agent) {
    return read(CONSENT + agent, true);
  }

  private HealthRow read(String key, boolean consistent) {
    return new HealthRow(
        client
            .getItem(
                get ->
                    get.tableName(table)
                        .key(key(key))
                        .consistentRead(consistent)
                        .overrideConfiguration(
                            override -> within.ifPresent(override::apiCallTimeout)))
            .item());
  }

  /**
   * What is known of every agent, as of now: its row's attributes and those of its owner's consent,
   * whose names differ.
   */
  public Map<AgentName, HealthRow> rows() {
    Map<AgentName, HealthRow> rows = new LinkedHashMap<>();
    client
        .scanPaginator(scan -> scan.tableName(table).consistentRead(true))
        .items()
        .forEach(
            row ->
                Optional.ofNullable(row.get(KEY))
                    .map(AttributeValue::s)
                    .map(key -> key.startsWith(CONSENT) ? key.substring(CONSENT.length()) : key)
                    .filter(AgentName::isValid)
                    .ifPresent(
                        agent ->
                            rows.merge(new AgentName(agent), new HealthRow(row), HealthRow::and)));
    return rows;
  }

  /** Of an agent's row, which is kept for a while from now. */
  WriteResult update(AgentName agent, Instant now, Change change) {
    return update(
        agent.value(), change.set(Attribute.EXPIRES_AT, now.plus(RETENTION).getEpochSecond()));
  }

  /**
   * Of what its owner said, which is kept.
   *
   * @param change with something to set
   */
  WriteResult updateConsent(AgentName agent, Change change) {
    return update(CONSENT + agent, change);
  }

  private WriteResult update(String key, Change change) {
    Change.Expression expression = change.toExpression();
    try {
      Map<String, AttributeValue> row =
          client
              .updateItem(
                  update ->
                      update
                          .tableName(table)
                          .key(key(key))
                          .updateExpression(expression.update())
                          .conditionExpression(expression.condition())
                          .expressionAttributeValues(expression.values())
                          .returnValues("ALL_NEW")
                          .returnValuesOnConditionCheckFailure(
                              ReturnValuesOnConditionCheckFailure.ALL_OLD)
                          .overrideConfiguration(
                              override -> within.ifPresent(override::apiCallTimeout)))
              .attributes();
      return new WriteResult(true, new HealthRow(row));
    } catch (ConditionalCheckFailedException e) {
      return new WriteResult(false, e.hasItem() ? new HealthRow(e.item()) : HealthRow.EMPTY);
    }
  }

  private static Map<String, AttributeValue> key(String key) {
    return Map.of(KEY, AttributeValue.fromS(key));
  }
}

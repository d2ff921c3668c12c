package agentpost.coordination;

import static agentpost.catalog.EnvironmentVariables.AGENT_STATE_TABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.schemas.Json;
import agentpost.signing.Digest;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * Rows {@code agent}, {@code key} of the agent-state table: the JSON in {@code state}, and a {@code
 * version} that every write moves on and depends on, so that of two writers at the same time one
 * reads again. Kept for a quarter beyond the last write.
 */
public final class DynamoAgentMemory implements AgentMemory {
  private static final Duration RETENTION = Duration.ofDays(90);

  /** Of a sort key (DynamoDB developer guide, "Quotas"). */
  private static final int MAX_KEY_BYTES = 1024;

  /**
   * Of n writers at the same time one wins each round; more than a handful on one key do not happen
   * here.
   */
  private static final int MAX_TRIES = 20;

  private final DynamoDbClient client;
  private final String table;
  private final AgentName agent;
  private final Clock clock;

  public DynamoAgentMemory(DynamoDbClient client, String table, AgentName agent, Clock clock) {
    this.client = client;
    this.table = table;
    this.agent = agent;
    this.clock = clock;
  }

  /** Reads AGENT_STATE_TABLE. */
  public static AgentMemory from(Platform platform, AgentName agent) {
    String table =
        Environment.require(platform.environment(), AGENT_STATE_TABLE).get(AGENT_STATE_TABLE);
    return new DynamoAgentMemory(
        platform.aws().create(DynamoDbClient.builder()), table, agent, platform.clock());
  }

  @Override
  public ObjectNode recall(String key) {
    return read(key).state();
  }

  @Override
  public ObjectNode update(String key, UnaryOperator<ObjectNode> change) {
    for (int tries = 1; tries <= MAX_TRIES; tries++) {
      Row row = read(key);
      ObjectNode after = change.apply(row.state().deepCopy());
      // By their texts: to Jackson 1.0 and 1.00 are equal.
      if (after.toString().equals(row.state().toString()) || write(key, after, row.version())) {
        return after;
      }
    }
    // The event is answered with 503 and comes again.
    throw new IllegalStateException(
        MAX_TRIES + " times in a row someone else changed what is remembered under this key first");
  }

  private record Row(ObjectNode state, long version) {}

  private Row read(String key) {
    Map<String, AttributeValue> item =
        client.getItem(get -> get.tableName(table).key(key(key)).consistentRead(true)).item();
    AttributeValue state = item.get("state");
    AttributeValue version = item.get("version");
    return state == null || version == null
        ? new Row(JsonNodeFactory.instance.objectNode(), 0)
        : new Row(parse(state.s()), Long.parseLong(version.n()));
  }

  /**
   * False if someone else wrote first, or the SDK wrote twice because the first answer was lost;
   * reading again tells.
   */
  private boolean write(String key, ObjectNode state, long version) {
    Map<String, AttributeValue> row = new LinkedHashMap<>(key(key));
    row.put("state", AttributeValue.fromS(state.toString()));
    row.put("version", AttributeValue.fromN(Long.toString(version + 1)));
    row.put(
        "expires_at",
        AttributeValue.fromN(Long.toString(clock.instant().plus(RETENTION).getEpochSecond())));
    try {
      client.putItem(
          put ->
              put.tableName(table)
                  .item(row)
                  .conditionExpression(
                      version == 0 ? "attribute_not_exists(version)" : "version = :before")
                  .expressionAttributeValues(
                      version == 0
                          ? null
                          : Map.of(":before", AttributeValue.fromN(Long.toString(version)))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  private Map<String, AttributeValue> key(String key) {
    return Map.of(
        "agent", AttributeValue.fromS(agent.value()), "key", AttributeValue.fromS(fitKey(key)));
  }

  /**
   * Ids have up to 256 characters of up to four bytes each, and keys are made of several: what is
   * too long is known by its hash.
   */
  private static String fitKey(String key) {
    byte[] bytes = key.getBytes(UTF_8);
    return bytes.length <= MAX_KEY_BYTES ? key : "sha256#" + Digest.sha256Hex(bytes);
  }

  private static ObjectNode parse(String state) {
    if (Json.parse(state) instanceof Json.Parsed.Read(ObjectNode object)) {
      return object;
    }
    throw new IllegalStateException(
        "The row's state is not a JSON object, and only this class writes it");
  }
}

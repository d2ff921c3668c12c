package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.operations.OperationId;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What came of work that is done, as rows {@code processor}, {@code work#<operation>} of the
 * agent-state table, for as long as callbacks are retried.
 */
final class WorkResultStore {
  private static final Duration RETENTION = Duration.ofDays(30);
  private final DynamoDbClient client;
  private final String table;
  private final AgentName processor;
  private final Clock clock;

  WorkResultStore(DynamoDbClient client, String table, AgentName processor, Clock clock) {
    this.client = client;
    this.table = table;
    this.processor = processor;
    this.clock = clock;
  }

  Optional<Callback> find(OperationId id) {
    Map<String, AttributeValue> row =
        client.getItem(get -> get.tableName(table).key(key(id)).consistentRead(true)).item();
    return Optional.ofNullable(row.get("callback"))
        .map(callback -> Callback.parse(callback.s().getBytes(UTF_8)))
        .map(
            parsed ->
                parsed instanceof Callback.Parsed.Read(var callback) ? callback : throwCorrupt(id));
  }

  void keep(Callback callback) {
    client.putItem(
        put ->
            put.tableName(table)
                .item(
                    Map.of(
                        "agent", AttributeValue.fromS(processor.value()),
                        "key", AttributeValue.fromS("work#" + callback.id()),
                        "callback", AttributeValue.fromS(new String(callback.body(), UTF_8)),
                        "expires_at",
                            AttributeValue.fromN(
                                Long.toString(clock.instant().plus(RETENTION).getEpochSecond())))));
  }

  private Map<String, AttributeValue> key(OperationId id) {
    return Map.of(
        "agent",
        AttributeValue.fromS(processor.value()),
        "key",
        AttributeValue.fromS("work#" + id));
  }

  private static Callback throwCorrupt(OperationId id) {
    throw new IllegalStateException("The result kept for " + id + " cannot be read");
  }
}

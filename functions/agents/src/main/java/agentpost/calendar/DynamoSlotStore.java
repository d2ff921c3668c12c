package agentpost.calendar;

import agentpost.catalog.AgentName;
import agentpost.operations.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Taken slots as rows {@code calendar}, {@code slot#<begin>} of the agent-state table, kept for a
 * quarter after.
 */
final class DynamoSlotStore implements SlotStore {
  private static final String PREFIX = "slot#";
  private static final Duration RETENTION = Duration.ofDays(90);
  private final DynamoDbClient client;
  private final String table;
  private final AgentName calendar;

  DynamoSlotStore(DynamoDbClient client, String table, AgentName calendar) {
    this.client = client;
    this.table = table;
    this.calendar = calendar;
  }

  @Override
  public Map<Instant, OperationId> takenSlots(Instant from, Instant to) {
    Map<Instant, OperationId> taken = new HashMap<>();
    client
        .queryPaginator(
            query ->
                query
                    .tableName(table)
                    .consistentRead(true)
                    .keyConditionExpression("#agent = :agent AND #key BETWEEN :from AND :to")
                    .expressionAttributeNames(Map.of("#agent", "agent", "#key", "key"))
                    .expressionAttributeValues(
                        Map.of(
                            ":agent",
                            AttributeValue.fromS(calendar.value()),
                            ":from",
                            AttributeValue.fromS(PREFIX + from),
                            ":to",
                            AttributeValue.fromS(PREFIX + to.minusSeconds(1)))))
        .items()
        .forEach(
            row ->
                taken.put(
                    Instant.parse(string(row, "key").substring(PREFIX.length())),
                    new OperationId(string(row, "booked_by"))));
    return taken;
  }

  private static String string(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name)).map(AttributeValue::s).orElse("");
  }

  @Override
  public boolean take(Instant slot, OperationId id) {
    Map<String, AttributeValue> row =
        Map.of(
            "agent", AttributeValue.fromS(calendar.value()),
            "key", AttributeValue.fromS(PREFIX + slot),
            "booked_by", AttributeValue.fromS(id.value()),
            "expires_at",
                AttributeValue.fromN(Long.toString(slot.plus(RETENTION).getEpochSecond())));
    try {
      client.putItem(
          put ->
              put.tableName(table)
                  .item(row)
                  .conditionExpression("attribute_not_exists(booked_by)")
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return string(e.item(), "booked_by").equals(id.value());
    }
  }

  /**
   * @throws software.amazon.awssdk.core.exception.SdkException if the table does not answer
   */
  @Override
  public void release(Instant slot, OperationId id) {
    try {
      client.deleteItem(
          delete ->
              delete
                  .tableName(table)
                  .key(
                      Map.of(
                          "agent",
                          AttributeValue.fromS(calendar.value()),
                          "key",
                          AttributeValue.fromS(PREFIX + slot)))
                  .conditionExpression("booked_by = :id")
                  .expressionAttributeValues(Map.of(":id", AttributeValue.fromS(id.value()))));
    } catch (ConditionalCheckFailedException e) {
      return; // It is free already, or someone else's by now.
    }
  }
}

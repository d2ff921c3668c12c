package agentpost.callback;

import agentpost.operations.OperationId;
import agentpost.operations.Processor;
import agentpost.testing.LocalTables;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * A processor that takes the next free half-hour, each in one write, and gives it back when its
 * operation ended without it.
 */
final class BookedSlots implements Processor {
  private final DynamoDbClient tables;

  BookedSlots(DynamoDbClient tables) {
    this.tables = tables;
  }

  @Override
  public Work process(OperationId id, ObjectNode data, Instant acceptedAt) {
    Instant slot = acceptedAt.truncatedTo(ChronoUnit.HOURS);
    while (!take(slot, id)) {
      slot = slot.plus(Duration.ofMinutes(30));
    }
    return new Work.Completed(data.objectNode().put("starts_at", slot.toString()));
  }

  @Override
  public void undo(OperationId id, ObjectNode result) {
    free(Instant.parse(result.path("starts_at").asText()), id);
  }

  /** True if this operation has the slot, now or from before. */
  boolean take(Instant slot, OperationId id) {
    Map<String, AttributeValue> row =
        Map.of(
            "agent", text("calendar"), "key", text("slot#" + slot), "booked_by", text(id.value()));
    try {
      tables.putItem(
          put ->
              put.tableName(LocalTables.AGENT_STATE)
                  .item(row)
                  .conditionExpression("attribute_not_exists(booked_by) OR booked_by = :id")
                  .expressionAttributeValues(Map.of(":id", text(id.value()))));
      return true;
    } catch (ConditionalCheckFailedException _) {
      return false;
    }
  }

  void free(Instant slot, OperationId id) {
    try {
      tables.deleteItem(
          delete ->
              delete
                  .tableName(LocalTables.AGENT_STATE)
                  .key(Map.of("agent", text("calendar"), "key", text("slot#" + slot)))
                  .conditionExpression("booked_by = :id")
                  .expressionAttributeValues(Map.of(":id", text(id.value()))));
    } catch (ConditionalCheckFailedException e) {
      return; // It is free already, or someone else's by now.
    }
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }
}

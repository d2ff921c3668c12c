package agentpost.callback;

import static agentpost.callback.OperationRow.number;
import static agentpost.callback.OperationRow.text;

import agentpost.event.AgentName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** Taken slots as rows {@code calendar}, {@code slot#<begin>} of the agent-state table, kept for a quarter after. */
final class DynamoBookings implements Bookings {
  private static final Duration KEPT = Duration.ofDays(90);
  private final DynamoDbClient client;
  private final String table;
  private final AgentName calendar;

  DynamoBookings(DynamoDbClient client, String table, AgentName calendar) {
    this.client = client;
    this.table = table;
    this.calendar = calendar;
  }

  @Override
  public boolean take(Instant slot, OperationId id) {
    Map<String, AttributeValue> row =
        Map.of(
            "agent", text(calendar.value()),
            "key", text("slot#" + slot),
            "booked_by", text(id.value()),
            "expires_at", number(slot.plus(KEPT).getEpochSecond()));
    try {
      client.putItem(
          put ->
              put.tableName(table)
                  .item(row)
                  .conditionExpression("attribute_not_exists(agent)")
                  .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return Optional.ofNullable(e.item().get("booked_by")).map(AttributeValue::s).filter(id.value()::equals).isPresent();
    }
  }
}

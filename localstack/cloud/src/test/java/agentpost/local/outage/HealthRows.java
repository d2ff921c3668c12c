package agentpost.local.outage;

import agentpost.local.nothinglost.Expression;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** The table of health of a simulation that makes millions of writes: it fails never. */
final class HealthRows implements DynamoDbClient {
  private final Map<Map<String, AttributeValue>, Map<String, AttributeValue>> rows =
      new HashMap<>();

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    Map<String, AttributeValue> before = rows.getOrDefault(request.key(), Map.of());
    if (request.conditionExpression() != null
        && !new Expression(
                request.conditionExpression(),
                request.expressionAttributeNames(),
                request.expressionAttributeValues(),
                before)
            .holds()) {
      throw ConditionalCheckFailedException.builder().item(before).build();
    }
    Map<String, AttributeValue> changed = new HashMap<>(before);
    changed.putAll(request.key());
    Map<String, AttributeValue> after =
        new Expression(
                request.updateExpression(),
                request.expressionAttributeNames(),
                request.expressionAttributeValues(),
                changed)
            .updated();
    rows.put(request.key(), after);
    return UpdateItemResponse.builder().attributes(after).build();
  }

  @Override
  public ScanResponse scan(ScanRequest request) {
    return ScanResponse.builder().items(rows.values()).build();
  }

  /** What an agent's row has. */
  Optional<AttributeValue> attribute(String agent, String name) {
    return Optional.ofNullable(
        rows.getOrDefault(Map.of("agent", AttributeValue.fromS(agent)), Map.of()).get(name));
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}

package agentpost.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Claims that are gone once they are done, so that the same event can be handled again. */
final class MemoryTable implements DynamoDbClient {
  private final Map<String, Map<String, AttributeValue>> rows = new ConcurrentHashMap<>();

  private static String key(Map<String, AttributeValue> key) {
    return key.get("event_id").s();
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    Map<String, AttributeValue> held = rows.putIfAbsent(key(request.item()), request.item());
    if (held != null) {
      throw ConditionalCheckFailedException.builder().item(held).build();
    }
    return PutItemResponse.builder().build();
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    rows.remove(key(request.key()));
    return UpdateItemResponse.builder().build();
  }

  @Override
  public String serviceName() {
    return "dynamodb";
  }

  @Override
  public void close() {}
}

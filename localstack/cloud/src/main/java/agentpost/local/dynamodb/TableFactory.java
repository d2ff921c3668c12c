package agentpost.local.dynamodb;

import agentpost.platform.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;

/**
 * Makes {@code AWS::DynamoDB::Table} as its properties say: keys, indexes and time to live; what
 * protects data on AWS has no effect here.
 */
public final class TableFactory {
  private final Supplier<AwsClients> clients;

  public TableFactory(Supplier<AwsClients> clients) {
    this.clients = clients;
  }

  public void delete(String name) {
    try (DynamoDbClient dynamo = clients.get().create(DynamoDbClient.builder())) {
      dynamo.deleteTable(delete -> delete.tableName(name));
    }
  }

  public void create(ObjectNode table) {
    try (DynamoDbClient dynamo = clients.get().create(DynamoDbClient.builder())) {
      create(dynamo, table);
    }
  }

  private static void create(DynamoDbClient dynamo, ObjectNode table) {
    String name = table.path("TableName").asText();
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                table
                    .path("AttributeDefinitions")
                    .valueStream()
                    .map(
                        a ->
                            AttributeDefinition.builder()
                                .attributeName(a.path("AttributeName").asText())
                                .attributeType(a.path("AttributeType").asText())
                                .build())
                    .toList())
            .keySchema(keys(table));
    List<GlobalSecondaryIndex> indexes =
        table.path("GlobalSecondaryIndexes").valueStream().map(TableFactory::index).toList();
    if (!indexes.isEmpty()) {
      request.globalSecondaryIndexes(indexes);
    }
    dynamo.createTable(request.build());
    JsonNode timeToLive = table.path("TimeToLiveSpecification");
    if (timeToLive.path("Enabled").asBoolean()) {
      dynamo.updateTimeToLive(
          update ->
              update
                  .tableName(name)
                  .timeToLiveSpecification(
                      ttl ->
                          ttl.enabled(true)
                              .attributeName(timeToLive.path("AttributeName").asText())));
    }
  }

  private static GlobalSecondaryIndex index(JsonNode index) {
    JsonNode projection = index.path("Projection");
    List<String> more =
        projection.path("NonKeyAttributes").valueStream().map(JsonNode::asText).toList();
    return GlobalSecondaryIndex.builder()
        .indexName(index.path("IndexName").asText())
        .keySchema(keys(index))
        .projection(
            to -> {
              to.projectionType(projection.path("ProjectionType").asText());
              if (!more.isEmpty()) {
                to.nonKeyAttributes(more);
              }
            })
        .build();
  }

  private static List<KeySchemaElement> keys(JsonNode of) {
    return of.path("KeySchema")
        .valueStream()
        .map(
            k ->
                KeySchemaElement.builder()
                    .attributeName(k.path("AttributeName").asText())
                    .keyType(k.path("KeyType").asText())
                    .build())
        .toList();
  }
}

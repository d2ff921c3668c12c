package agentpost.cli.operations;

import agentpost.cli.cloud.CloudOptions;
import agentpost.platform.AwsClients;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Where the table of operations is. */
public final class OperationsOptions extends CloudOptions {
  OperationsOptions() {}

  /** A local cloud in this JVM. */
  public OperationsOptions(URI endpoint, AwsClients clients) {
    super(endpoint, clients);
  }

  /** Every operation there is. */
  public List<OperationView> findAll() {
    return withClient(
        client ->
            client.scanPaginator(scan -> scan.tableName(table())).items().stream()
                .map(OperationView::of)
                .toList());
  }

  public Optional<OperationView> find(String id) {
    return withClient(
        client ->
            Optional.of(
                    client
                        .getItem(
                            get ->
                                get.tableName(table())
                                    .key(Map.of("correlation_id", AttributeValue.fromS(id)))
                                    .consistentRead(true))
                        .item())
                .filter(row -> !row.isEmpty())
                .map(OperationView::of));
  }

  String table() {
    return names().operations();
  }

  private <T> T withClient(Function<DynamoDbClient, T> question) {
    return withClient(
        DynamoDbClient.builder(),
        client -> {
          try {
            return question.apply(client);
          } catch (ResourceNotFoundException e) {
            throw missingResource("table " + table());
          }
        });
  }
}

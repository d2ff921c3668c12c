package agentpost.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Where the table of operations is. */
final class OperationsPlace extends CloudPlace {
  @Option(
      names = "--table",
      defaultValue = "agentpost-operations",
      paramLabel = "NAME",
      description = "The table; ${DEFAULT-VALUE} unless given. A stage's is agentpost-STAGE-operations.")
  private String table;

  /** Every operation there is. */
  List<OperationSeen> all() {
    return asked(
        client -> client.scanPaginator(scan -> scan.tableName(table)).items().stream().map(OperationSeen::of).toList());
  }

  Optional<OperationSeen> find(String id) {
    return asked(
        client ->
            Optional.of(client.getItem(get -> get.tableName(table).key(Map.of("correlation_id", AttributeValue.fromS(id))).consistentRead(true)).item())
                .filter(row -> !row.isEmpty())
                .map(OperationSeen::of));
  }

  String table() {
    return table;
  }

  private <T> T asked(Function<DynamoDbClient, T> question) {
    return asked(
        DynamoDbClient.builder(),
        client -> {
          try {
            return question.apply(client);
          } catch (ResourceNotFoundException e) {
            throw new CommandFailure("there is no table " + table + " at " + label() + "; name it with --table");
          }
        });
  }
}

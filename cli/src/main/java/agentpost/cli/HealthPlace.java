package agentpost.cli;

import agentpost.health.HealthTable;
import java.util.function.Function;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Where the table of agents' health is. */
final class HealthPlace extends CloudPlace {
  @Option(
      names = "--table",
      defaultValue = "agentpost-health",
      paramLabel = "NAME",
      description = "The table; ${DEFAULT-VALUE} unless given. A stage's is agentpost-STAGE-health.")
  private String table;

  <T> T asked(Function<HealthTable, T> question) {
    return asked(
        DynamoDbClient.builder(),
        client -> {
          try {
            return question.apply(new HealthTable(client, table));
          } catch (ResourceNotFoundException e) {
            throw new CommandFailure("there is no table " + table + " at " + label() + "; name it with --table");
          }
        });
  }
}

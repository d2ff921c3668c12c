package agentpost.cli.agents;

import agentpost.cli.deadletter.DlqOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.health.HealthTable;
import agentpost.platform.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Where that is which tells how agents are. */
public final class AgentsOptions extends DlqOptions {
  AgentsOptions() {}

  /** A local cloud in this JVM. */
  public AgentsOptions(URI endpoint, AwsClients clients) {
    super(endpoint, clients);
  }

  /**
   * @throws CommandFailure naming the table if there is none
   */
  <T> T health(Function<HealthTable, T> question) {
    String table = names().health();
    return withClient(
        DynamoDbClient.builder(),
        client -> {
          try {
            return question.apply(new HealthTable(client, table));
          } catch (ResourceNotFoundException e) {
            throw missingResource("table " + table);
          }
        });
  }

  /** How many dead letters there are, by whose they are. */
  Map<String, Integer> letters() {
    Map<String, Integer> letters = new HashMap<>();
    forEachQueue(queues(), DeadLetterQueue::depth, letters::put);
    return letters;
  }

  /**
   * How many events wait for another attempt, by rule. Nothing where that is not known: EventBridge
   * tells nobody how many it holds.
   */
  Optional<Map<String, Integer>> countRetrying() {
    return ofLocalCloud("/_agentpost/retrying")
        .filter(JsonNode::isObject)
        .map(
            counts -> {
              Map<String, Integer> retrying = new HashMap<>();
              counts
                  .properties()
                  .forEach(rule -> retrying.put(rule.getKey(), rule.getValue().asInt()));
              return retrying;
            });
  }
}

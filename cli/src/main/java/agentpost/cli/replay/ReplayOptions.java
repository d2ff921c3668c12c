package agentpost.cli.replay;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.CloudOptions;
import agentpost.webhook.ClaimStore;
import java.time.Clock;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Where the bus, its archive and the claims are. */
final class ReplayOptions extends CloudOptions {
  String bus() {
    return prefix();
  }

  String archive() {
    return prefix();
  }

  String rule(AgentName agent) {
    return names().agent(agent.value());
  }

  /** What replays are named by; the rule of one that is of some event types has the same name. */
  String replays() {
    return names().replayRules();
  }

  <T> T claims(AgentName agent, Function<ClaimStore, T> question) {
    String table = names().claims();
    return withClient(
        DynamoDbClient.builder(),
        client -> {
          try {
            return question.apply(new ClaimStore(client, table, agent, Clock.systemUTC()));
          } catch (ResourceNotFoundException e) {
            throw missingResource("table " + table);
          }
        });
  }
}

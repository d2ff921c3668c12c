package agentpost.agent;

import agentpost.event.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Trials as rows {@code agent}, {@code trial#<user>} of the agent-state table, kept for a quarter beyond their end. */
final class DynamoTrials implements Trials {
  private static final Duration KEPT = Duration.ofDays(90);
  private final DynamoDbClient client;
  private final String table;
  private final AgentName agent;

  private DynamoTrials(DynamoDbClient client, String table, AgentName agent) {
    this.client = client;
    this.table = table;
    this.agent = agent;
  }

  static DynamoTrials on(Platform platform, AgentName agent) {
    String table = Environment.requiring(platform.environment(), "AGENT_STATE_TABLE").get("AGENT_STATE_TABLE");
    return new DynamoTrials(platform.aws().create(DynamoDbClient.builder()), table, agent);
  }

  @Override
  public void record(Trial trial) {
    Map<String, AttributeValue> row = new LinkedHashMap<>();
    row.put("agent", AttributeValue.fromS(agent.value()));
    row.put("key", AttributeValue.fromS("trial#" + trial.userId()));
    row.put("plan", AttributeValue.fromS(trial.plan()));
    row.put("started_at", AttributeValue.fromS(trial.startedAt().toString()));
    row.put("ends_at", AttributeValue.fromS(trial.endsAt().toString()));
    trial.reminderAt().ifPresent(at -> row.put("reminder_at", AttributeValue.fromS(at.toString())));
    row.put("expires_at", AttributeValue.fromN(Long.toString(trial.endsAt().plus(KEPT).getEpochSecond())));
    client.putItem(put -> put.tableName(table).item(row));
  }
}

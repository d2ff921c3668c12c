package agentpost.onboarding;

import static agentpost.catalog.EnvironmentVariables.AGENT_STATE_TABLE;

import agentpost.catalog.AgentName;
import agentpost.event.EventId;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * Trials as rows {@code agent}, {@code trial#<user>} of the agent-state table, kept for a quarter
 * beyond their end. Trial and conversion each set attributes of their own, so that either may come
 * first.
 */
final class DynamoTrialStore implements TrialStore {
  private static final Duration RETENTION = Duration.ofDays(90);
  private final DynamoDbClient client;
  private final String table;
  private final AgentName agent;
  private final Clock clock;

  DynamoTrialStore(DynamoDbClient client, String table, AgentName agent, Clock clock) {
    this.client = client;
    this.table = table;
    this.agent = agent;
    this.clock = clock;
  }

  static DynamoTrialStore from(Platform platform, AgentName agent) {
    String table =
        Environment.require(platform.environment(), AGENT_STATE_TABLE).get(AGENT_STATE_TABLE);
    return new DynamoTrialStore(
        platform.aws().create(DynamoDbClient.builder()), table, agent, platform.clock());
  }

  @Override
  public boolean record(Trial trial) {
    Map<String, AttributeValue> attributes = new LinkedHashMap<>();
    attributes.put("plan", AttributeValue.fromS(trial.plan()));
    attributes.put("started_at", AttributeValue.fromS(trial.startedAt().toString()));
    attributes.put("ends_at", AttributeValue.fromS(trial.endsAt().toString()));
    trial
        .reminder()
        .ifPresent(
            reminder -> {
              attributes.put("reminder_id", AttributeValue.fromS(reminder.id().value()));
              attributes.put("reminder_at", AttributeValue.fromS(reminder.at().toString()));
            });
    attributes.put("expires_at", expiry(trial.endsAt()));
    return updateRow(trial.userId(), attributes).attributes().containsKey("converted_at");
  }

  @Override
  public Optional<EventId> convert(String userId, Instant at) {
    Instant now = clock.instant();
    UpdateItemResponse answer =
        updateRow(
            userId,
            Map.of(
                "converted_at",
                AttributeValue.fromS(at.toString()),
                "expires_at",
                expiry(now.isAfter(at) ? now : at)));
    return Optional.ofNullable(answer.attributes().get("reminder_id"))
        .map(id -> new EventId(id.s()));
  }

  @Override
  public boolean isConverted(String userId) {
    return client
        .getItem(get -> get.tableName(table).key(key(userId)).consistentRead(true))
        .item()
        .containsKey("converted_at");
  }

  private UpdateItemResponse updateRow(String userId, Map<String, AttributeValue> attributes) {
    String expression =
        attributes.keySet().stream()
            .map(name -> "#" + name + " = :" + name)
            .collect(Collectors.joining(", ", "SET ", ""));
    return client.updateItem(
        update ->
            update
                .tableName(table)
                .key(key(userId))
                .updateExpression(expression)
                .expressionAttributeNames(
                    attributes.keySet().stream()
                        .collect(Collectors.toMap(name -> "#" + name, name -> name)))
                .expressionAttributeValues(
                    attributes.entrySet().stream()
                        .collect(
                            Collectors.toMap(entry -> ":" + entry.getKey(), Map.Entry::getValue)))
                .returnValues(ReturnValue.ALL_NEW));
  }

  private static AttributeValue expiry(Instant last) {
    return AttributeValue.fromN(Long.toString(last.plus(RETENTION).getEpochSecond()));
  }

  private Map<String, AttributeValue> key(String userId) {
    return Map.of(
        "agent",
        AttributeValue.fromS(agent.value()),
        "key",
        AttributeValue.fromS("trial#" + userId));
  }
}

package agentpost.cli.console;

import agentpost.catalog.ResourceNames;
import agentpost.local.LocalCloud;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** What a hosted agent itself has of an event: its claim, and what its function logged. */
final class AgentSide {
  private static final int MAX_LINES = 50;

  /**
   * BatchGetItem's
   * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html).
   */
  private static final int MAX_KEYS = 100;

  private final LocalCloud cloud;
  private final ResourceNames names;
  private final String eventId;
  private final Map<String, Claim> claims;

  /**
   * @param agents that the event went to; beyond a hundred, claims are not asked for
   */
  AgentSide(LocalCloud cloud, ResourceNames names, String eventId, List<String> agents) {
    this.cloud = cloud;
    this.names = names;
    this.eventId = eventId;
    this.claims = agents.isEmpty() ? Map.of() : claims(agents);
  }

  /**
   * @param status IN_PROGRESS or DONE
   */
  record Claim(String status, Times at) {}

  /**
   * @param lines that name the event, oldest first; of many the last
   */
  record Facts(Optional<Claim> claim, List<String> lines) {
    boolean hasLines() {
      return !lines.isEmpty();
    }
  }

  Facts of(String agent) {
    List<String> lines =
        cloud.logLines(ResourceNames.functionLog(names.agent(agent))).stream()
            .filter(line -> line.contains(eventId))
            .toList();
    return new Facts(
        Optional.ofNullable(claims.get(agent)),
        lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()));
  }

  private Map<String, Claim> claims(List<String> agents) {
    KeysAndAttributes keys =
        KeysAndAttributes.builder()
            .keys(
                agents.stream()
                    .distinct()
                    .limit(MAX_KEYS)
                    .map(
                        agent ->
                            Map.of(
                                "agent", AttributeValue.fromS(agent),
                                "event_id", AttributeValue.fromS(eventId)))
                    .toList())
            .build();
    try (DynamoDbClient tables = cloud.clients("console").create(DynamoDbClient.builder())) {
      Map<String, Claim> found = new HashMap<>();
      tables
          .batchGetItem(get -> get.requestItems(Map.of(names.claims(), keys)))
          .responses()
          .getOrDefault(names.claims(), List.of())
          .forEach(
              row ->
                  found.put(
                      text(row, "agent"),
                      new Claim(
                          text(row, "status"), Times.of(Instant.parse(text(row, "claimed_at"))))));
      return found;
    } catch (ResourceNotFoundException e) {
      // Its bus is not a stage's.
      return Map.of();
    }
  }

  private static String text(Map<String, AttributeValue> row, String name) {
    return Objects.requireNonNull(row.get(name), name).s();
  }
}

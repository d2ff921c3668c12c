package agentpost.cli.console;

import agentpost.catalog.ResourceNames;
import agentpost.local.LocalCloud;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** What a hosted agent itself has of an event: its claim, and what its function logged. */
final class AgentSide {
  private static final int MAX_LINES = 50;

  private final LocalCloud cloud;
  private final ResourceNames names;

  AgentSide(LocalCloud cloud, ResourceNames names) {
    this.cloud = cloud;
    this.names = names;
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

  Facts of(String agent, String eventId) {
    List<String> lines =
        cloud.logLines(ResourceNames.functionLog(names.agent(agent))).stream()
            .filter(line -> line.contains(eventId))
            .toList();
    return new Facts(
        claim(agent, eventId), lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()));
  }

  private Optional<Claim> claim(String agent, String eventId) {
    Map<String, AttributeValue> key =
        Map.of("agent", AttributeValue.fromS(agent), "event_id", AttributeValue.fromS(eventId));
    try (DynamoDbClient tables = cloud.clients("console").create(DynamoDbClient.builder())) {
      return Optional.of(tables.getItem(get -> get.tableName(names.claims()).key(key)).item())
          .filter(row -> !row.isEmpty())
          .map(
              row ->
                  new Claim(
                      row.get("status").s(), Times.of(Instant.parse(row.get("claimed_at").s()))));
    } catch (ResourceNotFoundException e) {
      // Its bus is not a stage's.
      return Optional.empty();
    }
  }
}

package agentpost.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.EventId;
import agentpost.operations.Operation;
import agentpost.operations.OperationId;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationsTable;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * After a deployment or a rollback functions go on with the rows of another release, so what stands
 * here is not changed with the code: a release reads the rows of the one before, and those of a
 * later one, which have attributes that it does not know; and its own have what the one before
 * needs.
 */
class RowsOfAnotherReleaseTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");
  private static final AgentName AGENT = new AgentName("crm-sync");
  private static final EventId EVENT = new EventId("uuid-1234-abcd");
  private static final OperationId OPERATION = OperationId.derive(AGENT, EVENT, "book-demo", 1);

  private static final Map<String, AttributeValue> CLAIM =
      row(
          Map.of(
              "agent", "crm-sync",
              "event_id", "uuid-1234-abcd",
              "status", "IN_PROGRESS",
              "owner", "somebody",
              "claimed_at", "2026-03-31T10:30:00Z"),
          Map.of("lease_until", 1_774_953_015_000L, "expires_at", 1_778_927_400L));

  private static final Map<String, AttributeValue> PENDING =
      row(
          Map.ofEntries(
              Map.entry("correlation_id", OPERATION.value()),
              Map.entry("status", "PENDING"),
              Map.entry("open", "yes"),
              Map.entry("agent", "crm-sync"),
              Map.entry("cause", "uuid-1234-abcd"),
              Map.entry("flow_correlation_id", "corr-9876"),
              Map.entry("purpose", "book-demo"),
              Map.entry("processor", "calendar"),
              Map.entry("request", "{\"lead_id\":\"lead-77\"}"),
              Map.entry("started_at", "2026-03-31T10:30:00Z")),
          Map.of("attempt", 1L, "deadline", 1_774_956_600L, "expires_at", 1_777_548_600L));

  private final LocalTables tables = new LocalTables();
  private final ClaimStore claims =
      new ClaimStore(tables.client(), LocalTables.CLAIMS, AGENT, new MovableClock(NOW));
  private final OperationsTable operations =
      new OperationsTable(tables.client(), LocalTables.OPERATIONS);
  private final HealthTable health = new HealthTable(tables.client(), LocalTables.HEALTH);

  @AfterEach
  void stop() {
    tables.close();
  }

  private static Map<String, AttributeValue> row(
      Map<String, String> texts, Map<String, Long> numbers) {
    Map<String, AttributeValue> row = new HashMap<>();
    texts.forEach((name, value) -> row.put(name, AttributeValue.fromS(value)));
    numbers.forEach((name, value) -> row.put(name, AttributeValue.fromN(value.toString())));
    return row;
  }

  /** As a later release writes it. */
  private void put(String table, Map<String, AttributeValue> row) {
    Map<String, AttributeValue> later = new HashMap<>(row);
    later.put("of_a_later_release", AttributeValue.fromS("x"));
    tables.client().putItem(put -> put.tableName(table).item(later));
  }

  /** The names, and which of text, number and list each is. */
  private static Map<String, AttributeValue.Type> shape(Map<String, AttributeValue> row) {
    Map<String, AttributeValue.Type> shape = new HashMap<>();
    row.forEach((name, value) -> shape.put(name, value.type()));
    return shape;
  }

  private Operation recordOperation() {
    return operations.record(
        new OperationRequest(
            AGENT,
            EVENT,
            new CorrelationId("corr-9876"),
            "book-demo",
            1,
            JsonNodeFactory.instance.objectNode().put("lead_id", "lead-77"),
            NOW.plus(Duration.ofHours(1)),
            new AgentName("calendar"),
            Optional.empty()),
        NOW);
  }

  @Test
  void aClaimIsHeldAndDoneWhoeverWroteIt() {
    put(LocalTables.CLAIMS, CLAIM);
    assertEquals(
        new ClaimStore.Claim.Held(Duration.ofSeconds(15)),
        claims.take(EVENT, Duration.ofSeconds(20)));
    Map<String, AttributeValue> done = new HashMap<>(CLAIM);
    done.remove("lease_until");
    done.put("status", AttributeValue.fromS("DONE"));
    put(LocalTables.CLAIMS, done);
    assertEquals(new ClaimStore.Claim.Done(), claims.take(EVENT, Duration.ofSeconds(20)));
  }

  @Test
  void aClaimHasWhatTheReleaseBeforeNeeds() {
    claims.take(EVENT, Duration.ofSeconds(15));
    assertThat(shape(tables.row(LocalTables.CLAIMS, "crm-sync", "event_id", EVENT.value())))
        .containsAllEntriesOf(shape(CLAIM));
  }

  @Test
  void anOperationIsReadWhoeverWroteIt() {
    Operation own = recordOperation();
    put(LocalTables.OPERATIONS, PENDING);
    assertEquals(Optional.of(own), operations.find(OPERATION));
  }

  @Test
  void anOperationHasWhatTheReleaseBeforeNeeds() {
    recordOperation();
    assertThat(shape(tables.operation(OPERATION.value()))).containsAllEntriesOf(shape(PENDING));
  }

  @Test
  void aCircuitIsOpenWhoeverOpenedIt() {
    Map<String, AttributeValue> row =
        row(
            Map.of("agent", "crm-sync"),
            Map.of(
                "opened_at", NOW.toEpochMilli(),
                "open_until", NOW.plusSeconds(30).toEpochMilli(),
                "open_millis", 30_000L,
                "slot0", NOW.plusSeconds(6).toEpochMilli()));
    row.put(
        "outcomes",
        AttributeValue.fromL(
            List.of(AttributeValue.fromN(Long.toString(NOW.toEpochMilli() * 10 + 3)))));
    put(LocalTables.HEALTH, row);
    Circuit circuit = Circuit.of(health.row(AGENT));
    assertEquals(
        Optional.of(
            new Circuit.Open(NOW, NOW.plusSeconds(30), Duration.ofSeconds(30), Optional.empty())),
        circuit.open());
    assertEquals(List.of(new Circuit.Outcome(NOW, Circuit.Kind.FAILED)), circuit.outcomes());
    assertEquals(1, circuit.countInFlight(NOW));
  }
}

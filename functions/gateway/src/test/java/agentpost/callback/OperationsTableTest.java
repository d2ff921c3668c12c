package agentpost.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.operations.Operation;
import agentpost.operations.OperationId;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationResult;
import agentpost.operations.OperationsTable;
import agentpost.testing.LocalTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * To which second each condition holds: by the table alone, since callers' own checks hide each
 * other's.
 */
class OperationsTableTest {
  private final OperationsTestBed world = new OperationsTestBed();
  private final OperationsTable table =
      new OperationsTable(world.tables.client(), LocalTables.OPERATIONS);
  private final OperationRequest request = world.booking(1);
  private final Instant deadline = request.deadline();

  @AfterEach
  void close() {
    world.close();
  }

  private Operation recorded() {
    return table.record(request, world.clock.instant());
  }

  @Test
  void theSecondOfTheDeadlineBelongsToTheCallback() {
    Operation operation = recorded();
    assertInstanceOf(
        OperationsTable.EndResult.Lost.class,
        table.end(operation, new OperationResult.TimedOut(), deadline));
    assertEquals("PENDING", world.status(request.id()));
    assertInstanceOf(
        OperationsTable.EndResult.Won.class,
        table.end(operation, new OperationResult.Failed("no slot"), deadline.plusMillis(999)));
  }

  @Test
  void theSecondAfterItBelongsToTheTimeoutHandler() {
    Operation operation = recorded();
    assertInstanceOf(
        OperationsTable.EndResult.Lost.class,
        table.end(operation, new OperationResult.Failed("no slot"), deadline.plusSeconds(1)));
    assertInstanceOf(
        OperationsTable.EndResult.Lost.class,
        table.end(
            operation,
            new OperationResult.Completed(request.dataToProcess()),
            deadline.plusSeconds(1)));
    assertEquals("PENDING", world.status(request.id()));
    assertInstanceOf(
        OperationsTable.EndResult.Won.class,
        table.end(operation, new OperationResult.TimedOut(), deadline.plusSeconds(1)));
  }

  @Test
  void whatHasEndedDoesNotEndAgainWhateverTheClockSays() {
    Operation operation = recorded();
    assertInstanceOf(
        OperationsTable.EndResult.Won.class,
        table.end(operation, new OperationResult.Failed("no slot"), deadline));
    assertInstanceOf(
        OperationsTable.EndResult.Lost.class,
        table.end(operation, new OperationResult.TimedOut(), deadline.plusSeconds(1)));
    assertInstanceOf(
        OperationsTable.EndResult.Lost.class,
        table.end(operation, new OperationResult.Completed(request.dataToProcess()), deadline));
    assertEquals("FAILED", world.status(request.id()));
  }

  @Test
  void anOperationIsDueFromTheSecondAfterItsDeadline() {
    recorded();
    assertEquals(List.of(), table.findDue(deadline.plusMillis(999), 10, Map.of()).ids());
    assertEquals(List.of(request.id()), table.findDue(deadline.plusSeconds(1), 10, Map.of()).ids());
  }

  @Test
  void anOutcomeIsLeftoverFromTheSecondAfterItWasRecorded() {
    Instant ended = world.clock.instant();
    table.end(recorded(), new OperationResult.Failed("no slot"), ended);
    assertEquals(List.of(), table.findUnpublished(ended, 10, Map.of()).ids());
    assertEquals(
        List.of(request.id()), table.findUnpublished(ended.plusSeconds(1), 10, Map.of()).ids());
  }

  @Test
  void pagesHaveNoMoreThanIsAskedForAndTogetherEverythingOnce() {
    for (int i = 0; i < 7; i++) {
      table.record(world.booking(i), world.clock.instant());
    }
    List<OperationId> seen = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    Map<String, AttributeValue> after = Map.of();
    do {
      OperationsTable.Page page = table.findDue(deadline.plusSeconds(1), 3, after);
      seen.addAll(page.ids());
      sizes.add(page.ids().size());
      after = page.after();
    } while (!after.isEmpty());
    assertEquals(List.of(3, 3, 1), sizes);
    assertEquals(7, Set.copyOf(seen).size());
  }

  @Test
  void theEarliestDeadlineComesFirst() {
    OperationRequest later = world.booking(2);
    world.clock.move(Duration.ofSeconds(-30));
    OperationRequest earlier = world.booking(3);
    table.record(later, world.clock.instant());
    table.record(earlier, world.clock.instant());
    assertEquals(
        List.of(earlier.id(), later.id()),
        table.findDue(deadline.plusSeconds(1), 10, Map.of()).ids());
  }
}

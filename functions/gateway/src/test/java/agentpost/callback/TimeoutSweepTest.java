package agentpost.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Response;
import agentpost.operations.Operation;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationResult;
import agentpost.operations.OperationStatus;
import agentpost.operations.OperationsTable;
import agentpost.operations.StartResult;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import agentpost.testing.LocalTables;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

class TimeoutSweepTest {
  private final OperationsTestBed world = new OperationsTestBed();
  private final OperationsTable table =
      new OperationsTable(world.tables.client(), LocalTables.OPERATIONS);

  @AfterEach
  void close() {
    world.close();
  }

  private TimeoutSweep timeouts(int page, int perRun) {
    return new TimeoutSweep(
        table,
        new OutcomeOutbox(
            table,
            new EventBridgePublisher(world.bus, "agentpost", _ -> {}),
            new WorkflowTasks(world.stepFunctions),
            world.clock,
            world.log::add),
        new TimeoutSweep.Bounds(page, perRun),
        world.clock,
        world.log::add);
  }

  private void record(int howMany) {
    for (int i = 0; i < howMany; i++) {
      assertEquals(
          OperationStatus.PENDING, table.record(world.booking(i), world.clock.instant()).status());
    }
  }

  @Test
  void whatIsPastItsDeadlineTimesOutOnceAndIsPublishedOnce() throws JsonProcessingException {
    record(1);
    world.clock.move(OperationsTestBed.DEADLINE);
    assertEquals(
        Map.of("timed_out", 0, "published", 0, "failed", 0, "has_more", false),
        world.sweep(),
        "the deadline itself is in time");
    world.clock.move(Duration.ofSeconds(1));
    assertEquals(1, world.sweep().get("timed_out"));
    assertEquals(0, world.sweep().get("timed_out"));
    assertEquals(List.of("operation.timed_out"), world.published());
    var event = new JsonMapper().readTree(world.bus.accepted().getFirst().detail());
    Validation validation = EventSchemas.load().validate(event);
    assertTrue(validation instanceof Validation.Valid, () -> validation.problem());
  }

  @Test
  void aRunDoesABoundedNumberAndTheNextGoesOn() {
    record(12);
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertEquals(new TimeoutSweep.Counts(7, 0, 0, true), timeouts(3, 7).sweep(() -> true));
    assertEquals(new TimeoutSweep.Counts(5, 0, 0, false), timeouts(3, 7).sweep(() -> true));
    assertEquals(12, world.published().size());
  }

  @Test
  void aRunEndsWhenItsTimeDoes() {
    record(3);
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    int[] asked = {0};
    assertEquals(
        new TimeoutSweep.Counts(2, 0, 0, true), timeouts(10, 10).sweep(() -> ++asked[0] <= 2));
  }

  @Test
  void aRowThatCannotBeReadHoldsUpNoOther() {
    record(3);
    String spoiled = world.booking(1).id().value();
    world
        .tables
        .client()
        .updateItem(
            update ->
                update
                    .tableName(LocalTables.OPERATIONS)
                    .key(Map.of("correlation_id", AttributeValue.fromS(spoiled)))
                    .updateExpression("REMOVE #request")
                    .expressionAttributeNames(Map.of("#request", "request")));
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertEquals(new TimeoutSweep.Counts(2, 0, 1, false), timeouts(1, 10).sweep(() -> true));
  }

  @Test
  void whatTheBusDidNotTakeIsPublishedLaterUnderTheSameId() {
    record(1);
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    world.bus.down(true);
    assertEquals(1, timeouts(10, 10).sweep(() -> true).timedOut());
    assertEquals(List.of(), world.published());
    world.bus.down(false);
    assertEquals(
        0,
        timeouts(10, 10).sweep(() -> true).published(),
        "for half a minute it is most likely being published");
    world.clock.move(TimeoutSweep.MIN_AGE.plusSeconds(1));
    assertEquals(1, timeouts(10, 10).sweep(() -> true).published());
    assertEquals(List.of("operation.timed_out"), world.published());
  }

  @Test
  void ofACallbackAndTheTimeoutHandlerOneWins() throws Exception {
    int rounds = 300;
    // The one has a clock at the deadline, the other a second later: both may end the operation, as
    // clocks that differ have it in AWS.
    Instant deadline = world.clock.instant().plus(OperationsTestBed.DEADLINE);
    CyclicBarrier together = new CyclicBarrier(2);
    int callbacks = 0;
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < rounds; round++) {
        OperationRequest request = world.booking(round);
        Operation operation = table.record(request, world.clock.instant());
        OperationResult completed = new OperationResult.Completed(request.dataToProcess());
        List<Callable<OperationsTable.EndResult>> both =
            List.of(
                () -> {
                  await(together);
                  return table.end(operation, completed, deadline);
                },
                () -> {
                  await(together);
                  return table.end(
                      operation, new OperationResult.TimedOut(), deadline.plusSeconds(1));
                });
        List<OperationsTable.EndResult> ends = new ArrayList<>();
        for (Future<OperationsTable.EndResult> each : threads.invokeAll(both)) {
          ends.add(each.get());
        }
        boolean callbackWon = ends.getFirst() instanceof OperationsTable.EndResult.Won;
        boolean timeoutWon = ends.getLast() instanceof OperationsTable.EndResult.Won;
        assertTrue(callbackWon ^ timeoutWon, "round " + round + ": " + ends);
        assertEquals(callbackWon ? "COMPLETED" : "TIMED_OUT", world.status(request.id()));
        callbacks += callbackWon ? 1 : 0;
      }
    }
    assertTrue(
        callbacks > 0 && callbacks < rounds,
        "each wins some of " + rounds + ": the callback " + callbacks);
  }

  private static void await(CyclicBarrier together) throws Exception {
    assertTrue(together.await() >= 0);
  }

  @Test
  void aCallbackAndTheTimeoutHandlerThroughTheirHandlersAgree() {
    OperationRequest request = world.booking(1);
    assertEquals(new StartResult.Accepted(request.id()), world.start(request));
    assertEquals(1, world.work());
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertEquals(0, world.sweep().get("timed_out"));
    Response again =
        world.callBack(
            OperationsTestBed.SECRET,
            "{\"correlation_id\":\"" + request.id() + "\",\"status\":\"failed\",\"error\":\"x\"}");
    assertEquals(409, again.status());
    assertEquals(List.of("operation.completed"), world.published());
  }

  @Test
  void aSweepThatEndsIsCountedAndOneThatFailsIsNot() {
    assertEquals(0, world.sweep().get("timed_out"));
    assertEquals(1, heartbeats());
    world.tables.close();
    assertThrows(RuntimeException.class, world::sweep);
    assertEquals(1, heartbeats());
  }

  @Test
  void openOperationsAndThoseThatTimedOutAreMeasured() {
    for (int number = 1; number <= 3; number++) {
      world.start(world.booking(number));
    }
    world.sweep();
    assertEquals(List.of("\"TimeoutHandlerHeartbeat\":1", "\"OperationsOpen\":3"), measured());
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    world.start(world.booking(4));
    world.log.clear();
    world.sweep();
    assertEquals(
        List.of("\"TimeoutHandlerHeartbeat\":1,\"OperationsTimedOut\":3", "\"OperationsOpen\":1"),
        measured());
  }

  /** A page of DynamoDB's is a megabyte. */
  @Test
  void allPagesOfOpenOperationsAreCountedWhileThereIsTime() {
    for (int batch = 0; batch < 48; batch++) {
      List<WriteRequest> rows = new ArrayList<>();
      for (int row = 0; row < 25; row++) {
        Map<String, AttributeValue> item =
            Map.of(
                "correlation_id",
                AttributeValue.fromS("%04d".formatted(25 * batch + row) + "x".repeat(1000)),
                "open",
                AttributeValue.fromS("yes"),
                "deadline",
                AttributeValue.fromN("1900000000"));
        rows.add(WriteRequest.builder().putRequest(put -> put.item(item)).build());
      }
      world
          .tables
          .client()
          .batchWriteItem(write -> write.requestItems(Map.of(LocalTables.OPERATIONS, rows)));
    }
    assertEquals(1200, table.countOpen(() -> true));
    assertTrue(table.countOpen(() -> false) < 1200);
  }

  private List<String> measured() {
    return world.log.stream()
        .filter(line -> line.contains("_aws"))
        .map(line -> line.replaceFirst(".*\"Bus\":\"agentpost\",", "").replaceFirst("}$", ""))
        .toList();
  }

  private long heartbeats() {
    return world.log.stream()
        .filter(
            line ->
                line.contains("\"Dimensions\":[[\"Bus\"]]")
                    && line.contains("\"Bus\":\"agentpost\",\"TimeoutHandlerHeartbeat\":1"))
        .count();
  }
}

package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Response;
import agentpost.operations.Operation;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationResult;
import agentpost.operations.OperationStatus;
import agentpost.operations.OperationsTable;
import agentpost.operations.StartResult;
import agentpost.operations.TaskToken;
import agentpost.publish.EventBridgePublisher;
import agentpost.testing.FakeStepFunctions;
import agentpost.testing.LocalTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * A workflow's task that waits for an operation is told how it ended, at least once, whatever does
 * not answer.
 */
class WorkflowTasksTest {
  private static final TaskToken TASK = new TaskToken("AQB4AAAAKgAAAAMAAAAA-secret-1");
  private static final TaskToken NEXT_TRY = new TaskToken("AQB4AAAAKgAAAAMAAAAA-secret-2");

  private final OperationsTestBed world = new OperationsTestBed();
  private final OperationRequest request = world.waitedFor(1, TASK);

  @AfterEach
  void close() {
    world.close();
  }

  private void start(OperationRequest asked) {
    assertEquals(new StartResult.Accepted(request.id()), world.start(asked));
  }

  private Response callBack(String outcome) {
    return world.callBack(
        OperationsTestBed.SECRET, "{\"correlation_id\":\"" + request.id() + "\"," + outcome + "}");
  }

  private Response completed() {
    return callBack("\"status\":\"completed\",\"result\":{\"x\":1}");
  }

  private Object sweepLater() {
    world.clock.move(TimeoutSweep.MIN_AGE.plusSeconds(1));
    return world.sweep().getOrDefault("published", -1);
  }

  private boolean isAllSaid() {
    var row = world.tables.operation(request.id().value());
    return !row.containsKey("unpublished")
        && !row.containsKey("event")
        && !row.containsKey("task_token");
  }

  @Test
  void aCompletedOperationEndsTheTaskWithItsResult() {
    start(request);
    assertEquals(List.of(), world.stepFunctions.heard());
    assertEquals(200, completed().status());
    assertEquals(List.of(TASK.value() + " succeeded {\"x\":1}"), world.stepFunctions.heard());
    assertTrue(isAllSaid());
    assertEquals(200, completed().status(), "again");
    assertEquals(0, sweepLater());
    assertEquals(1, world.stepFunctions.calls());
  }

  @Test
  void aFailedOneFailsTheTaskWithTheProcessorsError() {
    start(request);
    assertEquals(200, callBack("\"status\":\"failed\",\"error\":\"no slot\"").status());
    assertEquals(
        List.of(TASK.value() + " failed agentpost.Failed: no slot"), world.stepFunctions.heard());
  }

  @Test
  void oneThatTimesOutFailsTheTaskByTheTimeoutHandler() {
    start(request);
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertEquals(1, world.sweep().get("timed_out"));
    assertEquals(
        List.of(
            TASK.value()
                + " failed agentpost.TimedOut: there was no callback by the operation's deadline, "
                + request.deadline()),
        world.stepFunctions.heard());
    assertTrue(isAllSaid());
  }

  @Test
  void oneThatTheProcessorRefusesFailsTheTaskByTheTimeoutHandler() {
    world.processor = Optional.of(_ -> Response.json(422, "{}"));
    assertEquals(
        new StartResult.AlreadyFinished(request.id(), OperationStatus.FAILED),
        world.start(request));
    assertEquals(1, sweepLater());
    assertEquals(
        List.of(
            TASK.value() + " failed agentpost.Failed: the processor refused the request with 422"),
        world.stepFunctions.heard());
  }

  @Test
  void withoutATaskNobodyIsTold() {
    start(world.booking(1));
    assertEquals(200, completed().status());
    assertTrue(isAllSaid());
    assertEquals(0, world.stepFunctions.calls());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken", "InvalidOutput"})
  void aTaskThatIsGoneIsTheEndOfItAndIsLogged(String code) {
    start(request);
    world.stepFunctions.failing(
        Optional.of(FakeStepFunctions.error(code, 400, "Invalid token: " + TASK.value())));
    assertEquals(200, completed().status());
    assertTrue(isAllSaid());
    assertEquals(0, sweepLater());
    assertEquals(1, world.stepFunctions.calls());
    assertTrue(
        world.log.contains(
            "{\"message\":\"no task waits any more\",\"operation_id\":\""
                + request.id()
                + "\",\"reason\":\""
                + code
                + "\"}"),
        world.log::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "ThrottlingException,400",
    "InternalFailure,500",
    "ServiceUnavailable,503",
    "AccessDeniedException,400",
    "KmsThrottlingException,400"
  })
  void whatMayBeMendedIsToldLaterAndTheEventIsNotPublishedAgain(String code, int status) {
    start(request);
    world.stepFunctions.failing(
        Optional.of(FakeStepFunctions.error(code, status, "for " + TASK.value())));
    assertEquals(200, completed().status(), "it is recorded, and with it whom to tell");
    assertEquals(0, sweepLater(), "for as long as it lasts");
    world.stepFunctions.failing(Optional.empty());
    assertEquals(1, sweepLater());
    assertEquals(List.of(TASK.value() + " succeeded {\"x\":1}"), world.stepFunctions.heard());
    assertEquals(List.of("operation.completed"), world.published());
    assertTrue(isAllSaid());
  }

  @Test
  void aDayAfterTheDeadlineItIsGivenUp() {
    start(request);
    world.stepFunctions.failing(
        Optional.of(FakeStepFunctions.error("AccessDeniedException", 400, "for " + TASK.value())));
    assertEquals(200, completed().status());
    world.clock.move(OperationsTestBed.DEADLINE.plusDays(1));
    assertEquals(0, world.sweep().get("published"));
    assertEquals(1, sweepLater());
    assertTrue(isAllSaid());
    assertTrue(
        world.log.stream()
            .anyMatch(
                line ->
                    line.contains("\"message\":\"given up\"")
                        && line.contains("AccessDeniedException")),
        world.log::toString);
  }

  @Test
  void aBusThatIsDownDoesNotKeepTheTaskWaiting() {
    start(request);
    world.bus.down(true);
    assertEquals(200, completed().status());
    assertEquals(1, world.stepFunctions.heard().size());
    world.bus.down(false);
    assertEquals(1, sweepLater());
    assertEquals(List.of("operation.completed"), world.published());
    assertEquals(1, world.stepFunctions.calls(), "the task is not told again");
    assertTrue(isAllSaid());
  }

  @Test
  void aCrashBetweenTheRecordAndTheTaskIsMendedByTheTimeoutHandler() {
    start(request);
    world.tables.failAfter(
        call -> {
          if (call.equals("updateItem")) {
            throw SdkClientException.create("crash after it was recorded");
          }
        });
    assertEquals(503, completed().status());
    world.tables.works();
    assertEquals("COMPLETED", world.status(request.id()));
    assertEquals(0, world.stepFunctions.calls());
    assertEquals(1, sweepLater());
    assertEquals(1, world.stepFunctions.heard().size());
  }

  @Test
  void aCrashBeforeItIsNotedTellsTheTaskAgain() {
    start(request);
    int[] updates = {0};
    world.tables.failBefore(
        call ->
            call.equals("updateItem") && ++updates[0] == 2
                ? Optional.of(SdkClientException.create("crash before it was noted"))
                : Optional.empty());
    assertEquals(200, completed().status());
    world.tables.works();
    assertEquals(1, sweepLater());
    assertEquals(2, world.stepFunctions.heard().size());
    assertEquals(1, world.stepFunctions.heard().stream().distinct().count());
    assertTrue(isAllSaid());
  }

  @Test
  void theTokenIsInNothingThatOthersSee() {
    world.stepFunctions.failing(
        Optional.of(FakeStepFunctions.error("ThrottlingException", 400, "for " + TASK.value())));
    start(request);
    Response answer = completed();
    world.stepFunctions.failing(
        Optional.of(FakeStepFunctions.error("TaskTimedOut", 400, "for " + TASK.value())));
    assertEquals(1, sweepLater());
    List<String> seen = new ArrayList<>(world.log);
    world.bus.accepted().forEach(entry -> seen.add(entry.detail()));
    world.toProcessor.forEach(sent -> seen.add(new String(sent.body(), UTF_8) + sent.headers()));
    seen.add(OperationsTestBed.text(answer));
    seen.add(request.toString());
    seen.add(
        new OperationsTable(world.tables.client(), LocalTables.OPERATIONS)
            .record(request, world.clock.instant())
            .toString());
    assertTrue(
        seen.size() > 6 && seen.stream().noneMatch(text -> text.contains("secret-1")),
        seen::toString);
  }

  @Test
  void theLastTryOfTheTaskIsWhoWaits() {
    world.processor = Optional.of(_ -> Response.json(503, "{}"));
    assertTrue(world.start(request) instanceof StartResult.TryAgain);
    world.processor = Optional.empty();
    start(world.waitedFor(1, NEXT_TRY));
    assertEquals(200, completed().status());
    assertEquals(List.of(NEXT_TRY.value() + " succeeded {\"x\":1}"), world.stepFunctions.heard());
    assertEquals(1, world.queue.messages().size(), "the work is done once");
  }

  @Test
  void aTryThatComesWhenTheOperationHasEndedIsToldByTheTimeoutHandler() {
    start(request);
    assertEquals(200, completed().status());
    assertEquals(
        new StartResult.AlreadyFinished(request.id(), OperationStatus.COMPLETED),
        world.start(world.waitedFor(1, NEXT_TRY)));
    assertEquals(1, sweepLater());
    assertEquals(
        List.of(TASK.value() + " succeeded {\"x\":1}", NEXT_TRY.value() + " succeeded {\"x\":1}"),
        world.stepFunctions.heard());
    assertEquals(List.of("operation.completed"), world.published());
    assertTrue(isAllSaid());
  }

  @Test
  void aTryThatComesWhileTheOneBeforeIsToldIsNotForgotten() {
    OperationsTable table = new OperationsTable(world.tables.client(), LocalTables.OPERATIONS);
    OutcomeOutbox announcements =
        new OutcomeOutbox(
            table,
            new EventBridgePublisher(world.bus, "agentpost", _ -> {}),
            new WorkflowTasks(world.stepFunctions),
            world.clock,
            world.log::add);
    Operation operation = table.record(request, world.clock.instant());
    Operation ended =
        table.end(operation, new OperationResult.Failed("no slot"), world.clock.instant())
                instanceof OperationsTable.EndResult.Won(var won)
            ? won
            : operation;
    assertEquals(
        NEXT_TRY,
        table.record(world.waitedFor(1, NEXT_TRY), world.clock.instant()).task().orElseThrow());
    assertFalse(
        announcements.publish(ended), "who told the first does not take the second off the row");
    assertEquals(1, sweepLater());
    assertEquals(
        NEXT_TRY.value() + " failed agentpost.Failed: no slot",
        world.stepFunctions.heard().getLast());
    assertTrue(isAllSaid());
  }

  @Test
  void anOperationThatEndsWhileAnotherTryComesTellsThatTry() {
    start(request);
    AtomicBoolean once = new AtomicBoolean(true);
    world.tables.failBefore(
        call -> {
          if (call.equals("updateItem") && once.getAndSet(false)) {
            assertEquals(200, completed().status());
          }
          return Optional.empty();
        });
    assertEquals(
        new StartResult.AlreadyFinished(request.id(), OperationStatus.COMPLETED),
        world.start(world.waitedFor(1, NEXT_TRY)));
    assertEquals(1, sweepLater());
    assertEquals(NEXT_TRY.value() + " succeeded {\"x\":1}", world.stepFunctions.heard().getLast());
  }
}

package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.operations.OperationId;
import agentpost.operations.Processor;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.testing.LocalTables;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class WorkerTest {
  private final OperationsTestBed world = new OperationsTestBed();
  private final AtomicInteger processed = new AtomicInteger();
  private Processor processor =
      (_, data, _) -> {
        processed.incrementAndGet();
        return new Processor.Work.Completed(data);
      };

  @AfterEach
  void close() {
    world.close();
  }

  private void queue(String id) {
    WorkItem item =
        new WorkItem(
            new OperationId(id),
            JsonNodeFactory.instance.objectNode().put("for", id),
            "https://" + OperationsTestBed.CALLBACK_HOST + "/agentpost/webhooks/process-complete",
            world.clock.instant());
    world.queue.sendMessage(send -> send.messageBody(item.json()));
  }

  private int work() {
    return world.work(new TestWorker(world.platform, processor));
  }

  private void answers(int status) {
    world.callbacks = Optional.of(_ -> Response.json(status, "{}"));
  }

  private Duration untilVisible() {
    return Duration.between(world.clock.instant(), world.queue.messages().getFirst().visibleFrom());
  }

  @Test
  void theCallbackIsSignedAndExactlyOfTheAgreedForm() {
    answers(200);
    queue("op-1");
    assertEquals(1, work());
    Request callback = world.sentCallbacks.getFirst();
    assertEquals(
        "{\"correlation_id\":\"op-1\",\"status\":\"completed\",\"result\":{\"for\":\"op-1\"}}",
        new String(callback.body(), UTF_8));
    assertEquals("/agentpost/webhooks/process-complete", callback.path());
    assertInstanceOf(
        Verification.Accepted.class,
        new Verifier(
                WebhookKeyStore.parse(OperationsTestBed.SECRET),
                world.clock,
                Verifier.DEFAULT_TOLERANCE)
            .verify(callback.headers(), callback.body()));
    assertEquals(0, world.queue.messages().size());
  }

  @Test
  void aMessageWithoutAnIdIsNoWorkItem() {
    for (String id : List.of("null", "7", "true", "\"\"", "\" \"")) {
      assertEquals(
          Optional.empty(),
          WorkItem.parse(
              "{\"data_to_process\":{},\"callback_url\":\"https://a.example/\",\"correlation_id\":"
                  + id
                  + ",\"accepted_at\":\"2026-03-31T10:30:00Z\"}"));
    }
    assertEquals(
        Optional.empty(),
        WorkItem.parse(
            "{\"data_to_process\":{},\"callback_url\":null,\"correlation_id\":\"op-1\",\"accepted_at\":\"2026-03-31T10:30:00Z\"}"));
  }

  @Test
  void workThatCannotBeDoneIsCalledBackAsFailed() {
    answers(200);
    processor = (_, _, _) -> new Processor.Work.Failed("no slot");
    queue("op-1");
    assertEquals(1, work());
    assertEquals(
        "{\"correlation_id\":\"op-1\",\"status\":\"failed\",\"error\":\"no slot\"}",
        new String(world.sentCallbacks.getFirst().body(), UTF_8));
  }

  @Test
  void aCallbackThatIsNotTakenIsPostedAgainLaterAndTheWorkIsNotDoneAgain() {
    answers(500);
    queue("op-1");
    assertEquals(0, work());
    Duration first = untilVisible();
    assertTrue(first.toMillis() >= 2_000 && first.toSeconds() <= 5, first.toString());
    assertEquals(0, world.queue.receive(10).size());
    world.clock.move(first);
    answers(200);
    assertEquals(1, work());
    assertEquals(1, processed.get());
    assertArrayEquals(world.sentCallbacks.getFirst().body(), world.sentCallbacks.getLast().body());
    assertNotEquals(
        world.sentCallbacks.getFirst().header("webhook-timestamp"),
        world.sentCallbacks.getLast().header("webhook-timestamp"),
        "signed for each attempt");
  }

  @Test
  void retryAfterIsTheWaitIfItIsLonger() {
    world.callbacks = Optional.of(_ -> Response.json(503, "{}").retryAfter(Duration.ofMinutes(3)));
    queue("op-1");
    assertEquals(0, work());
    assertEquals(Duration.ofMinutes(3), untilVisible());
  }

  @Test
  void retryAfterIsTheWaitIfItIsADateThatIsLater() {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            world.clock.instant().plus(Duration.ofMinutes(3)).atOffset(ZoneOffset.UTC));
    world.callbacks = Optional.of(_ -> Response.json(503, "{}").header("Retry-After", date));
    queue("op-1");
    assertEquals(0, work());
    assertEquals(Duration.ofMinutes(3), untilVisible());
  }

  @Test
  void anEndThatIsRecordedAlreadyIsTheEndOfTheMessageToo() {
    for (int status : new int[] {409, 410}) {
      answers(status);
      queue("op-" + status);
      assertEquals(1, work(), "status " + status);
    }
    assertEquals(0, world.queue.messages().size());
  }

  /** The calendar as it is deployed, and a booking of this operation. */
  private int workAtTheCalendar(String id) {
    WorkItem item =
        new WorkItem(
            new OperationId(id),
            JsonNodeFactory.instance.objectNode().put("time_zone", "Europe/Berlin"),
            "https://" + OperationsTestBed.CALLBACK_HOST + "/agentpost/webhooks/process-complete",
            world.clock.instant());
    world.queue.sendMessage(send -> send.messageBody(item.json()));
    return world.work();
  }

  private List<String> booked() {
    return world.tables.rows(LocalTables.AGENT_STATE).stream()
        .filter(row -> row.containsKey("booked_by"))
        .map(row -> Optional.ofNullable(row.get("booked_by")).map(AttributeValue::s).orElse(""))
        .toList();
  }

  @Test
  void aBookingThatComesTooLateGivesItsSlotBack() {
    for (int status : new int[] {409, 410}) {
      answers(status);
      assertEquals(1, workAtTheCalendar("op-" + status));
      assertEquals(List.of(), booked(), "status " + status);
      assertTrue(
          world.log.getLast().contains("\"undone\":true,\"outcome\":\"callback-too-late\""),
          "what the demo reads: " + world.log.getLast());
    }
    answers(200);
    assertEquals(1, workAtTheCalendar("op-in-time"));
    assertEquals(List.of("op-in-time"), booked());
    answers(500);
    assertEquals(0, workAtTheCalendar("op-not-taken-yet"));
    assertEquals(2, booked().size(), "another attempt may be in time");
  }

  @Test
  void aCrashBeforeTheSlotIsGivenBackGivesItBackLater() {
    answers(410);
    world.tables.failBefore(
        call ->
            call.equals("deleteItem")
                ? Optional.of(SdkClientException.create("no route to DynamoDB"))
                : Optional.empty());
    assertEquals(0, workAtTheCalendar("op-1"));
    assertEquals(List.of("op-1"), booked());
    world.tables.works();
    world.clock.move(Duration.ofMinutes(10));
    assertEquals(1, world.work());
    assertEquals(List.of(), booked());
  }

  @Test
  void aSlotThatSomeoneElseHasByNowIsNotTakenFromThem() {
    answers(410);
    world.tables.failAfter(
        call -> {
          if (call.equals("deleteItem")) {
            throw SdkClientException.create("crash after the slot was given back");
          }
        });
    assertEquals(0, workAtTheCalendar("op-1"));
    world.tables.works();
    answers(200);
    assertEquals(1, workAtTheCalendar("op-2"));
    answers(410);
    world.clock.move(Duration.ofMinutes(10));
    assertEquals(1, world.work(), "the first comes again, and is too late again");
    assertEquals(List.of("op-2"), booked());
  }

  @Test
  void whatIsNeverTakenGoesToTheDeadLetters() {
    answers(404);
    queue("op-1");
    for (int i = 0; i < 6; i++) {
      assertEquals(0, work());
      world.clock.move(Duration.ofHours(1));
    }
    assertEquals(1, world.queue.deadLetters().size());
    assertEquals(5, world.sentCallbacks.size());
  }

  @Test
  void aPoisonMessageHoldsUpNoOther() {
    answers(200);
    world.queue.sendMessage(send -> send.messageBody("not a work item"));
    queue("op-1");
    queue("op-bad");
    queue("op-2");
    processor =
        (id, data, _) -> {
          if (id.value().equals("op-bad")) {
            throw new IllegalStateException("a bug");
          }
          return new Processor.Work.Completed(data);
        };
    assertEquals(2, work());
    assertEquals(2, world.sentCallbacks.size());
    for (int i = 0; i < 6; i++) {
      world.clock.move(Duration.ofHours(1));
      assertEquals(0, work());
    }
    assertEquals(2, world.queue.deadLetters().size());
  }

  @Test
  void aMessageThatHangsHoldsUpNoOther() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    answers(200);
    queue("op-hangs");
    queue("op-1");
    processor =
        (id, data, _) -> {
          if (id.value().equals("op-hangs")) {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException("stopped", e);
            }
          }
          return new Processor.Work.Completed(data);
        };
    var event = new SQSEvent();
    event.setRecords(world.queue.receive(10).stream().map(OperationsTestBed::message).toList());
    var response =
        new TestWorker(world.platform, (id, data, at) -> processor.process(id, data, at))
            .handleRequest(event, new TestContext(Duration.ofSeconds(4)));
    assertEquals(
        List.of("message-1"),
        response.getBatchItemFailures().stream()
            .map(failure -> failure.getItemIdentifier())
            .toList());
    assertEquals(1, world.sentCallbacks.size());
  }

  @Test
  void aCallbackUrlThatCameToLeadInsideIsNotCalled() {
    answers(200);
    queue("op-1");
    world.network.with(OperationsTestBed.CALLBACK_HOST, "52.94.1.1", "10.0.0.1");
    assertEquals(0, work());
    assertEquals(List.of(), world.network.connected());
  }

  @Test
  void aResultThatWasKeptIsPostedAfterACrash() {
    answers(200);
    queue("op-1");
    Instant start = world.clock.instant();
    world.tables.failAfter(
        call -> {
          if (call.equals("putItem") && processed.get() > 0) {
            throw SdkClientException.create("crash after the result was kept");
          }
        });
    assertEquals(0, work());
    world.tables.works();
    world.clock.move(Duration.ofMinutes(10));
    assertEquals(1, work());
    assertEquals(1, processed.get(), "since " + start);
  }

  @Test
  void aQueueThatDoesNotTakeTheWaitKeepsItsOwn() {
    answers(500);
    queue("op-1");
    List<?> received = world.queue.messages();
    assertEquals(1, received.size());
    var worker = new TestWorker(world.platform, processor);
    world.queue.failing(Optional.of(SdkClientException.create("no route to SQS")));
    assertEquals(0, world.work(worker));
    assertEquals(Duration.ofMinutes(6), untilVisible());
  }

  /**
   * A callback handler takes 100 KiB, and a row of the table 400 KB: it would be as large tomorrow.
   */
  @ParameterizedTest
  @ValueSource(ints = {102_400, 450_000, 5_000_000})
  void aResultThatNobodyTakesIsUndoneAndCalledBackAsFailed(int length) {
    answers(200);
    AtomicInteger undone = new AtomicInteger();
    processor =
        new Processor() {
          @Override
          public Work process(OperationId id, ObjectNode data, Instant acceptedAt) {
            return new Work.Completed(data.objectNode().put("much", "x".repeat(length)));
          }

          @Override
          public void undo(OperationId id, ObjectNode result) {
            undone.incrementAndGet();
          }
        };
    queue("op-1");
    assertEquals(1, work());
    assertEquals(1, undone.get());
    assertThat(new String(world.sentCallbacks.getFirst().body(), UTF_8))
        .contains("\"status\":\"failed\"", "at most 102400 are taken");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4_097, 450_000})
  void aReasonIsCutToWhatACallbackMaySay(int length) {
    answers(200);
    processor = (_, _, _) -> new Processor.Work.Failed("\ud83d\ude00".repeat(length));
    queue("op-1");
    assertEquals(1, work());
    assertInstanceOf(
        Callback.Parsed.Read.class, Callback.parse(world.sentCallbacks.getFirst().body()));
  }
}

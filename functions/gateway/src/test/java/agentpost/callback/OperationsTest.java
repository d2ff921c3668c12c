package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.event.EventId;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.operations.OperationClient;
import agentpost.operations.OperationId;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationStatus;
import agentpost.operations.StartResult;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

class OperationsTest {
  /** What an agent's role goes by: {@code <agent>.*}, and no name has a full stop. */
  @Test
  void anOperationsIdBeginsWithWhoAskedForIt() {
    for (String agent : List.of("scheduling-agent", "a", "a".repeat(40))) {
      OperationId id = OperationId.derive(new AgentName(agent), new EventId("e-1"), "book-demo", 1);
      assertTrue(id.value().startsWith(agent + "."), id.value());
      assertEquals(
          id, OperationId.derive(new AgentName(agent), new EventId("e-1"), "book-demo", 1));
    }
  }

  private final OperationsTestBed world = new OperationsTestBed();
  private final OperationRequest request = world.booking(1);
  private final StartResult.Accepted accepted = new StartResult.Accepted(request.id());

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void theRequestIsSignedAndExactlyOfTheAgreedForm() {
    assertEquals(accepted, world.start(request));
    Request sent = world.toProcessor.getFirst();
    assertEquals(
        "{\"data_to_process\":{\"lead_id\":\"lead-1\",\"time_zone\":\"Europe/Berlin\"},"
            + "\"callback_url\":\"https://abc123.execute-api.us-east-1.amazonaws.com/agentpost/webhooks/process-complete\",\"correlation_id\":\""
            + request.id()
            + "\"}",
        new String(sent.body(), UTF_8));
    assertInstanceOf(
        Verification.Accepted.class,
        new Verifier(
                WebhookKeyStore.parse(OperationsTestBed.SECRET),
                world.clock,
                Verifier.DEFAULT_TOLERANCE)
            .verify(sent.headers(), sent.body()));
  }

  @Test
  void itIsRecordedBeforeItIsSent() {
    world.processor =
        Optional.of(
            _ -> {
              assertEquals("PENDING", world.status(request.id()));
              return Response.json(202, "{}");
            });
    assertEquals(accepted, world.start(request));
    assertEquals(1, world.toProcessor.size());
  }

  @Test
  void aLostAnswerIsMendedByStartingAgainUnderTheSameId() {
    world.processor =
        Optional.of(
            sent -> {
              assertEquals(
                  202,
                  OperationsTestBed.handled(new ProcessDataHandler(world.platform), sent).status());
              throw new IOException("the connection broke");
            });
    assertInstanceOf(StartResult.TryAgain.class, world.start(request));
    world.processor = Optional.empty();
    world.clock.move(Duration.ofMinutes(1));
    assertEquals(accepted, world.start(world.booking(1)));
    assertArrayEquals(world.toProcessor.getFirst().body(), world.toProcessor.getLast().body());
    assertEquals(1, world.queue.messages().size(), "the work is queued once");
  }

  @Test
  void whatWasAcceptedIsNotSentAgain() {
    assertEquals(accepted, world.start(request));
    assertEquals(accepted, world.start(request));
    assertEquals(1, world.toProcessor.size());
  }

  @Test
  void whatHasEndedIsSaidToHaveEnded() {
    assertEquals(accepted, world.start(request));
    assertEquals(1, world.work(), world.log::toString);
    assertEquals(
        new StartResult.AlreadyFinished(request.id(), OperationStatus.COMPLETED),
        world.start(request));
  }

  @Test
  void aTableThatDoesNotAnswerMeansThatNothingIsSent() {
    world.tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertInstanceOf(StartResult.TryAgain.class, world.start(request));
    assertEquals(0, world.toProcessor.size());
  }

  @Test
  void aProcessorThatIsBusyOrBrokenIsTriedAgain() {
    for (int status : new int[] {302, 401, 403, 404, 429, 500, 503}) {
      world.processor = Optional.of(_ -> Response.json(status, "{}"));
      assertInstanceOf(StartResult.TryAgain.class, world.start(request), "status " + status);
    }
    assertEquals("PENDING", world.status(request.id()));
  }

  /** RFC 9110, 15.5.14: with Retry-After it is temporary. */
  @Test
  void aRequestThatIsTooLargeForNowIsTriedAgain() {
    world.processor = Optional.of(_ -> Response.json(413, "{}").retryAfter(Duration.ofSeconds(5)));
    assertInstanceOf(StartResult.TryAgain.class, world.start(request));
    world.processor = Optional.of(_ -> Response.json(413, "{}").header("Retry-After", "-1"));
    assertEquals(
        new StartResult.AlreadyFinished(request.id(), OperationStatus.FAILED),
        world.start(request));
  }

  @Test
  void aRequestThatTheProcessorRefusesHasFailed() {
    world.processor = Optional.of(_ -> Response.json(422, "{}"));
    assertEquals(
        new StartResult.AlreadyFinished(request.id(), OperationStatus.FAILED),
        world.start(request));
    world.clock.move(TimeoutSweep.MIN_AGE.plusSeconds(1));
    assertEquals(1, world.sweep().get("published"));
    assertEquals("operation.failed", world.published().getFirst());
  }

  @Test
  void pastTheDeadlineNothingIsSent() {
    world.processor = Optional.of(_ -> Response.json(503, "{}"));
    assertInstanceOf(StartResult.TryAgain.class, world.start(request));
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertEquals(accepted, world.start(request), "the timeout handler ends it");
    assertEquals(1, world.toProcessor.size());
  }

  @Test
  void inTheSecondOfTheDeadlineItIsStillSent() {
    world.processor = Optional.of(_ -> Response.json(503, "{}"));
    assertInstanceOf(StartResult.TryAgain.class, world.start(request));
    world.clock.move(OperationsTestBed.DEADLINE);
    assertInstanceOf(StartResult.TryAgain.class, world.start(request));
    assertEquals(2, world.toProcessor.size());
  }

  @Test
  void anotherAttemptIsAnotherOperation() {
    OperationRequest again =
        new OperationRequest(
            request.agent(),
            request.cause(),
            request.correlationId(),
            request.purpose(),
            2,
            request.dataToProcess(),
            request.deadline(),
            request.processor(),
            Optional.empty());
    assertNotEquals(request.id(), again.id());
  }

  @Test
  void dataThatDoesNotFitIsAnError() {
    request.dataToProcess().put("x", "x".repeat(OperationClient.MAX_DATA_BYTES));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new OperationRequest(
                request.agent(),
                request.cause(),
                request.correlationId(),
                "book-demo",
                1,
                request.dataToProcess(),
                request.deadline(),
                request.processor(),
                Optional.empty()));
  }
}

package agentpost.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.EventId;
import agentpost.http.Response;
import agentpost.operations.OperationRequest;
import agentpost.operations.StartResult;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

class CallbackEndpointTest {
  private final OperationsTestBed world = new OperationsTestBed();
  private final OperationRequest request = world.booking(1);

  @BeforeEach
  void start() {
    assertEquals(new StartResult.Accepted(request.id()), world.start(request));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private String completed(String result) {
    return "{\"correlation_id\":\""
        + request.id()
        + "\",\"status\":\"completed\",\"result\":"
        + result
        + "}";
  }

  private String failed(String error) {
    return "{\"correlation_id\":\""
        + request.id()
        + "\",\"status\":\"failed\",\"error\":\""
        + error
        + "\"}";
  }

  private static void assertProblem(int status, String type, Response response) {
    assertEquals(status, response.status(), OperationsTestBed.text(response));
    assertTrue(
        OperationsTestBed.text(response).contains("urn:agentpost:problem:" + type + "\""),
        OperationsTestBed.text(response));
  }

  private JsonNode event() throws JsonProcessingException {
    PutEventsRequestEntry entry = world.bus.accepted().getFirst();
    assertEquals("operations", entry.source());
    JsonNode event = new JsonMapper().readTree(entry.detail());
    Validation validation = EventSchemas.load().validate(event);
    assertTrue(validation instanceof Validation.Valid, () -> validation.problem());
    return event;
  }

  private long counted(String metric) {
    return world.log.stream()
        .filter(
            line ->
                line.contains("\"Dimensions\":[[\"Bus\"]]")
                    && line.endsWith("\"Bus\":\"agentpost\",\"" + metric + "\":1}"))
        .count();
  }

  @Test
  void anEndingIsCountedOnceAndByWhatItWas() {
    world.callBack(OperationsTestBed.SECRET, completed("{}"));
    world.callBack(OperationsTestBed.SECRET, completed("{}"));
    world.callBack(OperationsTestBed.SECRET, failed("no slot"));
    assertEquals(1, counted("OperationsCompleted"));
    assertEquals(0, counted("OperationsFailed"));
  }

  @Test
  void aCompletedOperationIsRecordedAndPublished() throws JsonProcessingException {
    assertEquals(
        "200 {\"correlation_id\":\"" + request.id() + "\",\"status\":\"recorded\"}",
        OperationsTestBed.text(world.callBack(OperationsTestBed.SECRET, completed("{\"x\":1}"))));
    assertEquals("COMPLETED", world.status(request.id()));
    JsonNode event = event();
    assertEquals("operation.completed", event.path("event_type").asText());
    EventId derived =
        EventId.derive("operations", new EventId(request.id().value()), "operation.completed");
    assertEquals(derived.value(), event.path("event_id").asText());
    assertEquals(
        "corr-1",
        event.path("metadata").path("correlation_id").asText(),
        "the flow's, not the operation's");
    assertEquals("lead-qualified-1", event.path("metadata").path("causation_id").asText());
    assertEquals("{\"x\":1}", event.path("data").path("result").toString());
    assertEquals("scheduling-agent", event.path("data").path("agent").asText());
    assertEquals("lead-1", event.path("data").path("request").path("lead_id").asText());
    var row = world.tables.operation(request.id().value());
    assertFalse(
        row.containsKey("open") || row.containsKey("unpublished") || row.containsKey("event"),
        row.toString());
  }

  @Test
  void aFailedOperationIsRecordedAndPublished() throws JsonProcessingException {
    assertEquals(200, world.callBack(OperationsTestBed.SECRET, failed("no slot")).status());
    assertEquals("FAILED", world.status(request.id()));
    assertEquals("operation.failed", event().path("event_type").asText());
    assertEquals("no slot", event().path("data").path("error").asText());
    assertEquals(1, counted("OperationsFailed"));
  }

  @Test
  void theSameOutcomeAgainIsFineAndPublishesNothing() {
    assertEquals(
        200,
        world.callBack(OperationsTestBed.SECRET, completed("{\"x\":1.0,\"y\":[1e2]}")).status());
    assertEquals(
        "200 {\"correlation_id\":\"" + request.id() + "\",\"status\":\"already recorded\"}",
        OperationsTestBed.text(
            world.callBack(OperationsTestBed.SECRET, completed("{\"y\": [1e2], \"x\": 1.0}"))));
    assertEquals(1, world.bus.accepted().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "4711", "1.5", "true", "{}", "[]", "[\"op-1\"]", "\"\"", "\" \"", ""})
  void whatIsNoIdIsRefusedByName(String id) {
    String member = id.isEmpty() ? "" : "\"correlation_id\":" + id + ",";
    Response answer =
        world.callBack(
            OperationsTestBed.SECRET, "{" + member + "\"status\":\"completed\",\"result\":{}}");
    assertProblem(422, "invalid-request", answer);
    assertTrue(
        OperationsTestBed.text(answer)
            .contains("correlation_id must be the text that came with the request"),
        OperationsTestBed.text(answer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "true", "{}", "[]", "\"\"", "\" \\t\""})
  void anErrorThatSaysNothingIsRefusedByName(String error) {
    Response answer =
        world.callBack(
            OperationsTestBed.SECRET,
            "{\"correlation_id\":\""
                + request.id()
                + "\",\"status\":\"failed\",\"error\":"
                + error
                + "}");
    assertProblem(422, "invalid-request", answer);
    assertTrue(
        OperationsTestBed.text(answer).contains("under error"), OperationsTestBed.text(answer));
  }

  @Test
  void theDigitsOfAResultAreKeptInTheRowAndOnTheBus() {
    String result = "{\"a\":12345678901234567890.25,\"b\":100.0,\"c\":1e2,\"d\":0.0000001}";
    assertEquals(200, world.callBack(OperationsTestBed.SECRET, completed(result)).status());
    assertEquals(
        result,
        java.util.Objects.requireNonNull(world.tables.operation(request.id().value()).get("result"))
            .s());
    assertTrue(
        world.bus.accepted().getFirst().detail().contains("\"result\":" + result),
        () -> world.bus.accepted().getFirst().detail());
  }

  @Test
  void anotherOutcomeIsRefused() {
    assertEquals(200, world.callBack(OperationsTestBed.SECRET, completed("{\"x\":1}")).status());
    assertProblem(
        409, "other-outcome", world.callBack(OperationsTestBed.SECRET, completed("{\"x\":2}")));
    assertProblem(
        409, "other-outcome", world.callBack(OperationsTestBed.SECRET, failed("no slot")));
    assertEquals("COMPLETED", world.status(request.id()));
    assertEquals(1, world.bus.accepted().size());
  }

  @Test
  void anUnknownOperationIsNotFound() {
    assertProblem(
        404,
        "no-such-operation",
        world.callBack(
            OperationsTestBed.SECRET,
            "{\"correlation_id\":\"nobody\",\"status\":\"failed\",\"error\":\"x\"}"));
  }

  @Test
  void theDeadlineItselfIsInTime() {
    world.clock.move(OperationsTestBed.DEADLINE);
    assertEquals(200, world.callBack(OperationsTestBed.SECRET, completed("{}")).status());
  }

  @Test
  void aCallbackAfterTheDeadlineIsGoneEvenBeforeTheTimeoutHandlerCame() {
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertProblem(410, "past-deadline", world.callBack(OperationsTestBed.SECRET, completed("{}")));
    assertEquals("PENDING", world.status(request.id()), "it is for the timeout handler to end it");
    assertEquals(1, counted("CallbackLate"));
  }

  @Test
  void aCallbackAfterTheTimeoutHandlerIsGone() {
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertEquals(1, world.sweep().get("timed_out"));
    assertProblem(410, "past-deadline", world.callBack(OperationsTestBed.SECRET, completed("{}")));
    assertEquals("TIMED_OUT", world.status(request.id()));
  }

  @Test
  void aRepeatOfARecordedOutcomeIsFineEvenAfterTheDeadline() {
    assertEquals(200, world.callBack(OperationsTestBed.SECRET, completed("{}")).status());
    world.clock.move(OperationsTestBed.DEADLINE.plusSeconds(1));
    assertEquals(200, world.callBack(OperationsTestBed.SECRET, completed("{}")).status());
  }

  @Test
  void aSignatureByNobodysSecretIsForbidden() {
    assertProblem(403, "forbidden", world.callBack("whsec_" + "A".repeat(32), completed("{}")));
    assertEquals("PENDING", world.status(request.id()));
  }

  @Test
  void anotherProcessorsOperationIsForbidden() {
    assertProblem(
        403, "forbidden", world.callBack(OperationsTestBed.OTHER_SECRET, completed("{}")));
    assertEquals("PENDING", world.status(request.id()));
  }

  @Test
  void aStaleSignatureIsForbidden() {
    var late =
        world.signed("/webhooks/process-complete", OperationsTestBed.SECRET, completed("{}"));
    world.clock.move(Duration.ofSeconds(301));
    assertProblem(
        403, "forbidden", OperationsTestBed.handled(new CallbackHandler(world.platform), late));
  }

  @Test
  void aPreviousSecretIsGoodDuringARotation() {
    world.secrets.with(
        "agentpost/processors/calendar",
        "{\"current\":\"whsec_"
            + "A".repeat(32)
            + "\",\"previous\":\""
            + OperationsTestBed.SECRET
            + "\"}");
    assertEquals(200, world.callBack(OperationsTestBed.SECRET, completed("{}")).status());
  }

  @Test
  void aSecretThatWasTurnedOverTenSecondsAgoIsKnownAtOnce() {
    CallbackHandler callbacks = new CallbackHandler(world.platform);
    String other = "whsec_" + "A".repeat(32);
    world.secrets.with(
        "agentpost/processors/calendar",
        "{\"current\":\"" + other + "\",\"previous\":\"" + OperationsTestBed.SECRET + "\"}");
    world.clock.move(Duration.ofSeconds(10));
    assertEquals(
        200,
        OperationsTestBed.handled(
                callbacks, world.signed("/webhooks/process-complete", other, completed("{}")))
            .status());
  }

  @Test
  void aSignatureIsLookedAtBeforeTheBody() {
    assertProblem(403, "forbidden", world.callBack("whsec_" + "A".repeat(32), "no JSON"));
    assertProblem(400, "malformed", world.callBack(OperationsTestBed.SECRET, "no JSON"));
  }

  @Test
  void aBodyOfAnotherFormIsRefused() {
    for (String body :
        new String[] {
          "{}",
          "{\"correlation_id\":\"a b\",\"status\":\"failed\",\"error\":\"x\"}",
          "{\"correlation_id\":\"" + request.id() + "\",\"status\":\"completed\"}",
          "{\"correlation_id\":\"" + request.id() + "\",\"status\":\"failed\",\"error\":\"\"}",
          "{\"correlation_id\":\"" + request.id() + "\",\"status\":\"pending\",\"result\":{}}"
        }) {
      assertProblem(422, "invalid-request", world.callBack(OperationsTestBed.SECRET, body));
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    assertProblem(
        413,
        "too-large",
        world.callBack(
            OperationsTestBed.SECRET,
            completed("{\"x\":\"" + "x".repeat(CallbackEndpoint.MAX_BODY_BYTES) + "\"}")));
  }

  @Test
  void theLargestResultFitsIntoTheRowAndOntoTheBus() throws JsonProcessingException {
    int room = CallbackEndpoint.MAX_BODY_BYTES - completed("{\"x\":\"\"}").length();
    assertEquals(
        200,
        world
            .callBack(OperationsTestBed.SECRET, completed("{\"x\":\"" + "x".repeat(room) + "\"}"))
            .status());
    assertEquals(room, event().path("data").path("result").path("x").asText().length());
  }

  @Test
  void aTableThatDoesNotAnswerIsTriedAgain() {
    world.tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertProblem(503, "try-again", world.callBack(OperationsTestBed.SECRET, completed("{}")));
  }

  @Test
  void aBusThatIsDownLosesNothing() {
    world.bus.down(true);
    assertEquals(
        200,
        world.callBack(OperationsTestBed.SECRET, completed("{}")).status(),
        "it is recorded, and with it the event");
    assertEquals("COMPLETED", world.status(request.id()));
    world.bus.down(false);
    world.clock.move(TimeoutSweep.MIN_AGE.plusSeconds(1));
    assertEquals(1, world.sweep().get("published"));
    assertEquals(1, world.bus.accepted().size());
    assertEquals(0, world.sweep().get("published"));
  }
}

package agentpost.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.platform.FunctionVersion;
import agentpost.platform.LogFields;
import agentpost.testing.MovableClock;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EndpointTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final Endpoint endpoint = new Endpoint("attempt", clock, log::add);

  private Response receive(int bytes, OptionalInt maxBytes, Supplier<Reply> steps) {
    return endpoint.receive(
        new Request("POST", "/webhooks/crm", Map.of(), Map.of(), new byte[bytes], "192.0.2.1"),
        new Endpoint.Rules(LogFields.of("agent", "crm"), SourceIpFilter.EVERYONE, maxBytes),
        steps);
  }

  private Response receive(Supplier<Reply> steps) {
    return receive(7, OptionalInt.empty(), steps);
  }

  private JsonNode line() throws IOException {
    assertThat(log).hasSize(1);
    return new JsonMapper().readTree(log.getFirst());
  }

  @Test
  void whatIsAnsweredIsOneLine() throws IOException {
    Response response =
        receive(
            () -> {
              clock.move(Duration.ofMillis(120));
              return Reply.answer("done", Response.json(200, "{}")).with("event_id", "e-1");
            });
    assertThat(response.status()).isEqualTo(200);
    assertThat(line())
        .hasToString(
            "{\"message\":\"attempt\",\"agent\":\"crm\",\"bytes\":7,\"event_id\":\"e-1\","
                + "\"outcome\":\"done\",\"status\":200,\"duration_ms\":120}");
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalIsLoggedUnderItsLabel(Problem problem) throws IOException {
    Response response = receive(() -> Reply.refuse(problem, "told", "known"));
    assertThat(response.status()).isEqualTo(problem.status());
    assertThat(new String(response.body(), UTF_8))
        .contains("urn:agentpost:problem:" + problem.label(), "told")
        .doesNotContain("known");
    assertThat(line().path("outcome").asText()).isEqualTo(problem.label());
    assertThat(line().path("reason").asText()).isEqualTo("known");
  }

  @Test
  void aFailureOfItsOwnIsCountedForFunctionAndVersion() throws IOException {
    Endpoint inLambda =
        new Endpoint(
            "attempt",
            clock,
            log::add,
            FunctionVersion.of(
                Map.of(
                    "AWS_LAMBDA_FUNCTION_NAME",
                    "agentpost-crm",
                    "AWS_LAMBDA_FUNCTION_VERSION",
                    "7")));
    Endpoint.Rules rules =
        new Endpoint.Rules(LogFields.NONE, SourceIpFilter.EVERYONE, OptionalInt.empty());
    Request request = new Request("POST", "/", Map.of(), Map.of(), new byte[0], "192.0.2.1");
    // What an agent behind this one failed at is not its own.
    inLambda.receive(
        request, rules, () -> Reply.answer("refused", Response.json(500, "{\"agent\":1}")));
    inLambda.receive(request, rules, () -> Reply.refuse(Problem.REFUSED, "told"));
    assertThat(log).hasSize(2);
    log.clear();
    inLambda.receive(
        request,
        rules,
        () -> {
          throw new IllegalStateException("a bug");
        });
    assertThat(log).hasSize(2);
    assertThat(new JsonMapper().readTree(log.getLast()))
        .hasToString(
            "{\"_aws\":{\"Timestamp\":1774953000000,\"CloudWatchMetrics\":[{\"Namespace\":\"agentpost\","
                + "\"Dimensions\":[[\"Function\"],[\"Function\",\"Version\"]],"
                + "\"Metrics\":[{\"Name\":\"HandlerFailed\",\"Unit\":\"Count\"}]}]},"
                + "\"Function\":\"agentpost-crm\",\"Version\":\"7\",\"HandlerFailed\":1}");
  }

  @Test
  void whatIsToComeAgainSaysWhen() throws IOException {
    Response response = receive(() -> Reply.tryAgain(Duration.ofMillis(4_001), "told", "known"));
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.headers()).containsEntry("Retry-After", "5");
    assertThat(line().path("outcome").asText()).isEqualTo("try-again");
    assertThat(line().path("detail").asText()).isEqualTo("told");
    assertThat(line().path("reason").asText()).isEqualTo("known");
  }

  static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("no " + SECRET, new IOException("below")),
        new NullPointerException(),
        new NoClassDefFoundError("agentpost/Gone"),
        new ExceptionInInitializerError("static"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatNobodyThoughtOfIsA500WithItsStackTraceInTheLog(Throwable failure) throws IOException {
    Response response = receive(() -> throwIt(failure));
    assertThat(response.status()).isEqualTo(500);
    assertThat(response.headers())
        .containsEntry("Content-Type", "application/problem+json")
        .as("not as busy: it is broken")
        .doesNotContainKey("Retry-After");
    assertThat(new String(response.body(), UTF_8))
        .contains("internal-error")
        .doesNotContain("EndpointTest", failure.getClass().getSimpleName(), SECRET);
    assertThat(line().path("outcome").asText()).isEqualTo("internal-error");
    assertThat(line().path("status").asInt()).isEqualTo(500);
    assertThat(line().path("reason").asText()).startsWith(failure.getClass().getName());
    assertThat(line().path("stack_trace").asText())
        .contains("at agentpost.http.EndpointTest")
        .hasSizeLessThan(13_000);
    assertThat(log.getFirst()).doesNotContain(SECRET);
  }

  /** What an earlier step knows is on the line, whatever a later one throws. */
  @Test
  void aGuardedStepKeepsWhatIsKnown() throws IOException {
    receive(
        () ->
            Endpoint.guard(() -> throwIt(new IllegalArgumentException("bug")))
                .with("event_id", "e-1"));
    assertThat(line().path("event_id").asText()).isEqualTo("e-1");
    assertThat(line().path("outcome").asText()).isEqualTo("internal-error");
  }

  /** Memory that ran out, or a simulated end of the process, is nothing to answer after. */
  @Test
  void theEndOfTheProcessIsNotCaught() {
    assertThatThrownBy(() -> receive(() -> throwIt(new OutOfMemoryError())))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void theStepsNeverSeeABodyThatIsTooLarge() throws IOException {
    assertThat(receive(8, OptionalInt.of(8), () -> Reply.answer("in", Response.json(200, "{}"))))
        .returns(200, Response::status);
    log.clear();
    Response response =
        receive(9, OptionalInt.of(8), () -> throwIt(new IllegalStateException("steps")));
    assertThat(response.status()).isEqualTo(413);
    assertThat(line().path("outcome").asText()).isEqualTo("too-large");
    assertThat(line().path("reason").asText())
        .isEqualTo("the body has 9 bytes; at most 8 are taken");
  }

  @Test
  void aBodyThatIsNoBase64IsRefusedAndLogged() throws IOException {
    APIGatewayProxyResponseEvent answer =
        endpoint.handle(
            new APIGatewayProxyRequestEvent().withBody("no base64!").withIsBase64Encoded(true),
            _ -> throwIt(new IllegalStateException("steps")).response());
    assertThat(answer.getStatusCode()).isEqualTo(400);
    assertThat(line().path("outcome").asText()).isEqualTo("malformed");
  }

  @Test
  void anEarlierStepsFieldsComeFirstAndALaterOnesCount() {
    LogFields fields =
        Reply.answer("done", Response.json(200, "{}"))
            .with(LogFields.of("a", "later").with("b", 1))
            .with(LogFields.of("a", "earlier").with("c", true))
            .fields();
    assertThat(fields.toLine("m"))
        .isEqualTo("{\"message\":\"m\",\"a\":\"later\",\"c\":true,\"b\":1}");
  }

  private static Reply throwIt(Throwable failure) {
    throw EndpointTest.<RuntimeException>unchecked(failure);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException unchecked(Throwable failure) throws T {
    throw (T) failure;
  }
}

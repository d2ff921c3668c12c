package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.delivery.DeliveryAttempt.Outcome;
import agentpost.http.ApiGateway;
import agentpost.http.Request;
import agentpost.testing.MovableClock;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.regions.Region;

/** Hosted agents that the relay invokes: what they get, and what their ends mean. */
class HostedFunctionsTest {
  private static final byte[] BODY = "{ \"n\":1.10, \"s\":\"\u00df\"}\n".getBytes(UTF_8);
  private static final Duration WITHIN = Duration.ofSeconds(4);

  private FakeLambda lambda = new FakeLambda(() -> FakeLambda.response(200, Map.of(), BODY));

  private DeliveryAttempt post(Callable<HttpExecuteResponse> answer) {
    lambda = new FakeLambda(answer);
    return new HostedFunctions(
            InvokeClient.builder()
                .httpClient(lambda)
                .credentialsProvider(() -> AwsBasicCredentials.create("a", "b"))
                .region(Region.US_EAST_1)
                .build(),
            "agentpost-",
            new MovableClock(Instant.parse("2026-03-31T10:30:00Z")))
        .post(
            new AgentName("crm-sync"),
            new OutgoingRequest(Map.of("webhook-id", "uuid-1", "X-Two", "2"), BODY),
            WITHIN);
  }

  private DeliveryAttempt answer(String payload) {
    return post(() -> FakeLambda.response(200, Map.of(), payload.getBytes(UTF_8)));
  }

  private DeliveryAttempt refusal(int status) {
    return post(() -> FakeLambda.response(status, Map.of(), "{}".getBytes(UTF_8)));
  }

  private DeliveryAttempt failure(Exception failure) {
    return post(
        () -> {
          throw failure;
        });
  }

  @Test
  void theEventIsTheRequestByteForByte() throws IOException {
    DeliveryAttempt attempt = answer("{\"statusCode\":200,\"body\":\"done\"}");
    assertEquals("delivered", attempt.label());
    assertArrayEquals("done".getBytes(UTF_8), attempt.response().body());
    FakeLambda.Call call = lambda.calls.getFirst();
    assertThat(call.request().getUri().toString())
        .endsWith("/functions/agentpost-crm-sync/invocations?Qualifier=live");
    Request request =
        ApiGateway.request(
                ApiGateway.read(new JsonMapper().readValue(call.body(), new TypeReference<>() {})))
            .orElseThrow();
    assertArrayEquals(BODY, request.body());
    assertEquals("POST /webhooks/crm-sync", request.method() + " " + request.path());
    assertEquals(Optional.of("uuid-1"), request.header("Webhook-Id"));
    assertEquals("127.0.0.1", request.sourceIp());
  }

  @Test
  void theAgentsOwnAnswerIsPassedOn() {
    DeliveryAttempt busy =
        answer("{\"statusCode\":503,\"headers\":{\"retry-after\":\"7\"},\"body\":\"{}\"}");
    assertThat(busy.isBusy()).isTrue();
    assertEquals("7", busy.response().headers().get("Retry-After"));
    DeliveryAttempt refused =
        answer("{\"statusCode\":422,\"body\":\"3q0=\",\"isBase64Encoded\":true}");
    assertEquals("refused", refused.label());
    assertArrayEquals(new byte[] {(byte) 0xde, (byte) 0xad}, refused.response().body());
  }

  /** A crash, a time-out, or an answer that is none: the agent's own failure. */
  @Test
  void aFunctionThatEndsWithoutAnAnswerFailed() {
    List<DeliveryAttempt> attempts =
        List.of(
            post(
                () ->
                    FakeLambda.response(
                        200, Map.of("X-Amz-Function-Error", "Unhandled"), "{}".getBytes(UTF_8))),
            answer(""),
            answer("null"),
            answer("\"done\""),
            answer("not JSON"),
            answer("{\"statusCode\":200,\"body\":\"%\",\"isBase64Encoded\":true}"));
    assertThat(attempts)
        .allSatisfy(
            attempt -> {
              assertEquals(502, attempt.response().status());
              assertThat(attempt.isFailure()).isTrue();
            });
  }

  @Test
  void whatWasNotRunIsNoFaultOfTheAgents() {
    DeliveryAttempt full = refusal(429);
    assertEquals(Outcome.THROTTLED, full.outcome());
    List<DeliveryAttempt> others =
        List.of(
            refusal(409),
            refusal(403),
            refusal(500),
            failure(new IOException("no way there")),
            failure(SdkClientException.create("no credentials")));
    assertThat(others).extracting(DeliveryAttempt::outcome).containsOnly(Outcome.TRY_AGAIN);
    others = new ArrayList<>(others);
    others.add(full);
    assertThat(others)
        .allSatisfy(
            attempt -> {
              assertThat(attempt.wasAsked()).isFalse();
              assertEquals(
                  "503 5",
                  attempt.response().status()
                      + " "
                      + attempt.response().headers().get("Retry-After"));
            });
  }

  @Test
  void whatTakesTooLongTimesOut() {
    assertEquals(Outcome.TIMED_OUT, failure(ApiCallTimeoutException.create(4000)).outcome());
  }
}

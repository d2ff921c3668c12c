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
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.SnapStartNotReadyException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** Hosted agents that the relay invokes: what they get, and what their ends mean. */
class HostedFunctionsTest {
  private static final byte[] BODY = "{ \"n\":1.10, \"s\":\"\u00df\"}\n".getBytes(UTF_8);
  private static final Duration WITHIN = Duration.ofSeconds(4);

  private final List<InvokeRequest> invoked = new ArrayList<>();

  private DeliveryAttempt post(Supplier<InvokeResponse> lambda, Duration within) {
    LambdaClient client =
        new LambdaClient() {
          @Override
          public InvokeResponse invoke(InvokeRequest request) {
            invoked.add(request);
            return lambda.get();
          }

          @Override
          public String serviceName() {
            return SERVICE_NAME;
          }

          @Override
          public void close() {}
        };
    return new HostedFunctions(
            client, "agentpost-", new MovableClock(Instant.parse("2026-03-31T10:30:00Z")))
        .post(
            new AgentName("crm-sync"),
            new OutgoingRequest(Map.of("webhook-id", "uuid-1", "X-Two", "2"), BODY),
            within);
  }

  private DeliveryAttempt answer(String payload) {
    return post(
        () -> InvokeResponse.builder().payload(SdkBytes.fromUtf8String(payload)).build(), WITHIN);
  }

  private DeliveryAttempt failure(RuntimeException failure) {
    return post(
        () -> {
          throw failure;
        },
        WITHIN);
  }

  @Test
  void theEventIsTheRequestByteForByte() throws IOException {
    DeliveryAttempt attempt = answer("{\"statusCode\":200,\"body\":\"done\"}");
    assertEquals("delivered", attempt.label());
    assertArrayEquals("done".getBytes(UTF_8), attempt.response().body());
    InvokeRequest call = invoked.getFirst();
    assertEquals("agentpost-crm-sync live", call.functionName() + " " + call.qualifier());
    assertEquals(
        Optional.of(WITHIN), call.overrideConfiguration().flatMap(one -> one.apiCallTimeout()));
    Request request =
        ApiGateway.request(
                ApiGateway.read(
                    new JsonMapper()
                        .readValue(call.payload().asUtf8String(), new TypeReference<>() {})))
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
            post(() -> InvokeResponse.builder().functionError("Unhandled").build(), WITHIN),
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
    DeliveryAttempt full =
        failure(TooManyRequestsException.builder().statusCode(429).message("m").build());
    assertEquals(Outcome.THROTTLED, full.outcome());
    List<DeliveryAttempt> others =
        List.of(
            failure(SnapStartNotReadyException.builder().statusCode(409).message("m").build()),
            failure(LambdaException.builder().statusCode(403).message("m").build()),
            failure(LambdaException.builder().statusCode(500).message("m").build()),
            failure(SdkClientException.create("no way there")));
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

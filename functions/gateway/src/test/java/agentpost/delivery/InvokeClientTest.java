package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.delivery.FakeLambda.Call;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.regions.Region;

/** What goes over the wire. Alone: the properties that it sets are the whole JVM's. */
@Isolated
class InvokeClientTest {
  private static final byte[] PAYLOAD = "{\"s\":\"\u00df\"}".getBytes(UTF_8);
  private static final Duration WITHIN = Duration.ofMinutes(1);
  private static final String ARN =
      "arn:aws:lambda:eu-west-1:111122223333:function:agentpost-crm-sync";

  private FakeLambda lambda =
      new FakeLambda(() -> FakeLambda.response(200, Map.of(), "{}".getBytes(UTF_8)));
  private AwsCredentialsProvider credentials = () -> AwsSessionCredentials.create("AKID", "s", "t");

  private InvokeClient.Builder client(Region region) {
    return InvokeClient.builder()
        .httpClient(lambda)
        .credentialsProvider(credentials)
        .region(region);
  }

  private InvokeClient.Answer invoke(InvokeClient.Builder client, String function) {
    return client
        .build()
        .invoke(function, "live", InvokeClient.Type.REQUEST_RESPONSE, PAYLOAD, WITHIN);
  }

  private InvokeClient.Answer answer(Callable<HttpExecuteResponse> answer) {
    lambda = new FakeLambda(answer);
    return invoke(client(Region.EU_WEST_1), "agentpost-crm-sync");
  }

  private static String header(Call call, String name) {
    return call.request().firstMatchingHeader(name).orElse("");
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  private static String sha256(byte[] bytes) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /**
   * As the one who checks it computes it (IAM User Guide, "Create a signed AWS API request"), from
   * what was sent.
   */
  private static String authorization(Call call, String canonicalPath, String region)
      throws GeneralSecurityException {
    List<String> signed =
        List.of(
            "content-length",
            "content-type",
            "host",
            "x-amz-content-sha256",
            "x-amz-date",
            "x-amz-invocation-type",
            "x-amz-security-token");
    StringBuilder canonical = new StringBuilder("POST\n" + canonicalPath + "\nQualifier=live\n");
    signed.forEach(
        name -> canonical.append(name).append(':').append(header(call, name)).append('\n'));
    canonical
        .append('\n')
        .append(String.join(";", signed))
        .append('\n')
        .append(sha256(call.body()));
    String time = header(call, "X-Amz-Date");
    String day = time.substring(0, 8);
    String scope = day + "/" + region + "/lambda/aws4_request";
    byte[] key =
        hmac(hmac(hmac(hmac("AWS4s".getBytes(UTF_8), day), region), "lambda"), "aws4_request");
    String toSign =
        "AWS4-HMAC-SHA256\n"
            + time
            + "\n"
            + scope
            + "\n"
            + sha256(canonical.toString().getBytes(UTF_8));
    return "AWS4-HMAC-SHA256 Credential=AKID/"
        + scope
        + ", SignedHeaders="
        + String.join(";", signed)
        + ", Signature="
        + HexFormat.of().formatHex(hmac(key, toSign));
  }

  @Test
  void theRequestIsInvokesAndSignedForItsRegion() throws Exception {
    invoke(client(Region.EU_WEST_1), "agentpost-crm-sync");
    Call call = lambda.calls.getFirst();
    assertEquals(
        "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/agentpost-crm-sync/invocations?Qualifier=live",
        call.request().getUri().toString());
    assertEquals("RequestResponse", header(call, "X-Amz-Invocation-Type"));
    assertEquals("t", header(call, "X-Amz-Security-Token"));
    assertArrayEquals(PAYLOAD, call.body());
    assertEquals(
        authorization(call, "/2015-03-31/functions/agentpost-crm-sync/invocations", "eu-west-1"),
        header(call, "Authorization"));
  }

  /** What is signed has every segment of the path encoded once more, as for all but S3. */
  @Test
  void anArnIsOneSegmentOfThePath() throws Exception {
    invoke(client(Region.EU_WEST_1), ARN);
    Call call = lambda.calls.getFirst();
    String encoded = ARN.replace(":", "%3A");
    assertEquals("/2015-03-31/functions/" + encoded + "/invocations", call.request().encodedPath());
    assertEquals(
        authorization(
            call,
            "/2015-03-31/functions/" + encoded.replace("%", "%25") + "/invocations",
            "eu-west-1"),
        header(call, "Authorization"));
  }

  @ParameterizedTest
  @CsvSource({
    "us-east-1, lambda.us-east-1.amazonaws.com",
    "cn-north-1, lambda.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1, lambda.us-gov-west-1.amazonaws.com"
  })
  void everyRegionHasItsHost(String region, String host) {
    invoke(client(Region.of(region)), "f");
    Call call = lambda.calls.getFirst();
    assertEquals(host, call.request().host());
    assertThat(header(call, "Authorization")).contains("/" + region + "/lambda/");
  }

  /** A property stands here for the environment, which a test cannot set. */
  @ParameterizedTest
  @CsvSource({"aws.endpointUrl", "aws.endpointUrlLambda"})
  void theEndpointIsWhatTheEnvironmentSays(String property) {
    System.setProperty(property, "http://localhost:4566");
    try {
      invoke(client(Region.EU_WEST_1), "f");
    } finally {
      System.clearProperty(property);
    }
    invoke(client(Region.EU_WEST_1).endpointOverride(URI.create("http://127.0.0.1:1")), "f");
    assertThat(lambda.calls)
        .extracting(call -> call.request().getUri().getAuthority())
        .containsExactly("localhost:4566", "127.0.0.1:1");
    assertThat(header(lambda.calls.getFirst(), "Host")).isEqualTo("localhost:4566");
  }

  /** What a snapshot knew has run out by the time that it is restored. */
  @Test
  void eachCallHasTheCredentialsOfItsTime() {
    credentials = () -> AwsSessionCredentials.create("AKID" + lambda.calls.size(), "s", "t");
    InvokeClient client = client(Region.EU_WEST_1).build();
    for (int i = 0; i < 2; i++) {
      client.invoke("f", "live", InvokeClient.Type.DRY_RUN, PAYLOAD, WITHIN);
    }
    assertThat(lambda.calls)
        .extracting(call -> header(call, "Authorization").replaceFirst(".*=(AKID\\d)/.*", "$1"))
        .containsExactly("AKID0", "AKID1");
    assertEquals("DryRun", header(lambda.calls.getFirst(), "X-Amz-Invocation-Type"));
  }

  @Test
  void theTraceGoesOn() {
    System.setProperty("com.amazonaws.xray.traceHeader", "Root=1-a;Parent=b;Sampled=1");
    try {
      invoke(client(Region.EU_WEST_1), "f");
    } finally {
      System.clearProperty("com.amazonaws.xray.traceHeader");
    }
    assertEquals("Root=1-a;Parent=b;Sampled=1", header(lambda.calls.getFirst(), "X-Amzn-Trace-Id"));
  }

  @Test
  void aFunctionsErrorIsInAHeader() {
    InvokeClient.Answer answer =
        answer(
            () ->
                FakeLambda.response(
                    200, Map.of("X-Amz-Function-Error", "Unhandled"), "{}".getBytes(UTF_8)));
    assertThat(answer.functionError()).contains("Unhandled");
  }

  @Test
  void aDryRunIsAnsweredWithNothing() {
    InvokeClient.Answer answer = answer(() -> FakeLambda.response(204, Map.of(), new byte[0]));
    assertThat(answer.functionError()).isEmpty();
    assertThat(answer.payload()).isEmpty();
  }

  /** As of a request that was signed for another region. */
  @Test
  void aRefusalSaysWhatLambdaSays() {
    assertThatThrownBy(
            () ->
                answer(
                    () ->
                        FakeLambda.response(
                            403,
                            Map.of(
                                "x-amzn-ErrorType",
                                "InvalidSignatureException:http://internal.amazon.com/",
                                "x-amzn-RequestId",
                                "r-1"),
                            "{\"message\":\"Credential should be scoped to a valid region.\"}"
                                .getBytes(UTF_8))))
        .isInstanceOfSatisfying(
            AwsServiceException.class,
            e -> {
              assertEquals(403, e.statusCode());
              assertEquals("InvalidSignatureException", e.awsErrorDetails().errorCode());
              assertThat(e.getMessage())
                  .contains(
                      "InvalidSignatureException: Credential should be scoped to a valid region.",
                      "r-1");
            });
    assertThat(lambda.calls).as("it is not tried again").hasSize(1);
  }

  @Test
  void anErrorThatIsNoJsonIsToldAsItIs() {
    assertThatThrownBy(
            () -> answer(() -> FakeLambda.response(502, Map.of(), "<html>".getBytes(UTF_8))))
        .isInstanceOf(AwsServiceException.class)
        .hasMessageContaining("<html>");
    assertThat(lambda.calls).hasSize(1);
  }

  @Test
  void whereLambdaIsNotReachedNothingIsTriedAgain() {
    assertThatThrownBy(
            () ->
                answer(
                    () -> {
                      throw new IOException("Connection refused");
                    }))
        .isInstanceOf(SdkClientException.class)
        .hasMessageContaining("Connection refused");
    assertThat(lambda.calls).hasSize(1);
    credentials =
        () -> {
          throw SdkClientException.create("no credentials");
        };
    assertThatThrownBy(() -> answer(() -> FakeLambda.response(200, Map.of(), new byte[0])))
        .hasMessage("no credentials");
    assertThat(lambda.calls).isEmpty();
  }

  @Test
  @Timeout(60)
  void whatTakesTooLongIsCutOff() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    lambda =
        new FakeLambda(
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                ended.countDown();
              }
              throw new HttpTimeoutException("cut off");
            });
    InvokeClient client = client(Region.EU_WEST_1).build();
    assertThatThrownBy(
            () ->
                client.invoke(
                    "f",
                    "live",
                    InvokeClient.Type.REQUEST_RESPONSE,
                    PAYLOAD,
                    Duration.ofMillis(200)))
        .isInstanceOf(ApiCallTimeoutException.class);
    ended.await();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> client.invoke("f", "live", InvokeClient.Type.DRY_RUN, PAYLOAD, WITHIN))
        .hasMessage("interrupted");
    assertTrue(Thread.interrupted());
  }
}

package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.RawClient;
import agentpost.local.apigateway.RestApiService;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A front door with small limits. */
abstract class FrontDoorTestBed {
  static final FrontDoorLimits LIMITS =
      new FrontDoorLimits(
          16 * 1024, Duration.ofSeconds(2), 300, 10_000, Duration.ofSeconds(2), 15_000);

  static final String POST = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Test.Echo\r\n";

  static final FunctionHost NO_FUNCTIONS =
      new FunctionHost(
          (_, _) -> {
            throw new IllegalStateException("There are no functions");
          },
          (_, _) -> {});

  Gateway gateway;

  @BeforeEach
  void open() throws Exception {
    AwsService echo =
        request -> {
          if (request.body().length == 4) {
            throw new IllegalStateException("a bug with the key s3cr3t in its message");
          }
          return new AwsResponse(
              200,
              Map.of("Content-Type", "text/plain"),
              ("echo " + request.body().length).getBytes(UTF_8));
        };
    Router router =
        new Router(
            new RestApiService(NO_FUNCTIONS),
            Map.of("s3", echo),
            Map.of("Test", new Router.Service("test", echo)),
            Map.of(
                "/echo", new Router.Service("echo", echo),
                "/_agentpost/own", new Router.Service("echo", echo)),
            Map.of("sts", echo, "cloudformation", echo));
    gateway = new Gateway(0, Gateway.LOOPBACK, Set.of("tunnel.example"), LIMITS, router);
    gateway.open();
  }

  @AfterEach
  void shut() {
    gateway.shut();
  }

  String exchange(String request) throws Exception {
    String answer = RawClient.exchange(gateway.port(), request);
    assertOrdinaryCallsGoOn();
    return answer;
  }

  void assertOrdinaryCallsGoOn() throws Exception {
    assertThat(
            RawClient.exchange(
                gateway.port(), POST + "Connection: close\r\nContent-Length: 3\r\n\r\nabc"))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("echo 3");
  }

  static JsonNode json(String answer) throws Exception {
    return new JsonMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  static void assertRefused(int status, String code, String answer) throws Exception {
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status + " ")
        .containsIgnoringCase("\r\nConnection: close\r\n")
        .containsIgnoringCase("x-amzn-RequestId: ");
    assertEquals(code, json(answer).path("__type").asText(), answer);
    assertThat(json(answer).path("message").asText()).isNotEmpty();
  }
}

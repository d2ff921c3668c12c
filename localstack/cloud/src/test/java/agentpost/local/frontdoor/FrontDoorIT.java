package agentpost.local.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.RawClient;
import agentpost.local.apigateway.RestApiService;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that are too large, broken or of no protocol. After each an ordinary call is answered.
 */
@Timeout(60)
class FrontDoorIT extends FrontDoorTestBed {
  @Test
  void tenThousandHeadersAreTooMany() throws Exception {
    StringBuilder request = new StringBuilder(POST);
    for (int i = 0; i < 10_000; i++) {
      request.append("X-").append(i).append(": 1\r\n");
    }
    assertRefused(431, "RequestHeaderSectionTooLarge", exchange(request + "\r\n"));
  }

  @Test
  void aHeaderOfAMegabyteIsTooLong() throws Exception {
    assertRefused(
        431,
        "RequestHeaderSectionTooLarge",
        exchange(POST + "X-Long: " + "a".repeat(1 << 20) + "\r\n\r\n"));
    assertThat(exchange("GET /" + "a".repeat(1 << 20) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .matches("(?s)HTTP/1.1 (414|431) .*\"__type\":\"Request.*");
  }

  @Test
  void whatDeclaresTooMuchIsNotRead() throws Exception {
    assertRefused(
        413, "RequestEntityTooLargeException", exchange(POST + "Content-Length: 10001\r\n\r\n"));
    assertRefused(
        413,
        "RequestEntityTooLargeException",
        exchange(POST + "Content-Length: 9223372036854775807\r\n\r\n"));
  }

  @Test
  void lengthsThatAreNoneOrContradictEachOtherAreRefused() throws Exception {
    for (String headers :
        List.of(
            "Content-Length: 1000000000000000000000000000000\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 3\r\nContent-Length: 4\r\n",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip\r\n")) {
      assertThat(exchange(POST + headers + "\r\nabc"))
          .as(headers)
          .matches("(?s)HTTP/1.1 (400|501) .*\"__type\":\"BadRequest\".*");
    }
  }

  @Test
  void chunksWithoutEndAreTooLarge() throws Exception {
    assertRefused(
        413,
        "RequestEntityTooLargeException",
        exchange(
            POST
                + "Transfer-Encoding: chunked\r\n\r\n"
                + ("400\r\n" + "a".repeat(1024) + "\r\n").repeat(11)));
  }

  @Test
  void brokenChunksAreRefused() throws Exception {
    for (String chunks :
        List.of(
            "zz\r\nabc\r\n0\r\n\r\n",
            "-1\r\nabc\r\n",
            "fffffffffffffffff\r\nabc",
            "3\r\nabcdef\r\n0\r\n\r\n")) {
      assertThat(exchange(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks))
          .as(chunks)
          .startsWith("HTTP/1.1 400 ")
          .contains("\"__type\":\"");
    }
  }

  @Test
  void methodsThatNobodyKnowsAreAnswered() throws Exception {
    assertThat(exchange("FROB / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("UnknownOperationException");
    assertThat(
            exchange(
                "TRACE / HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\nConnection: close\r\n\r\n"))
        .doesNotContain("a=b");
    assertThat(
            exchange(
                "CONNECT example.com:443 HTTP/1.1\r\n"
                    + "Host: example.com:443\r\n"
                    + "Connection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
  }

  @Test
  void whatIsNoHttpIsAnsweredOrHungUpOn() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      StringBuilder noise = new StringBuilder();
      random.ints(200, 0, 256).forEach(b -> noise.append((char) b));
      assertThat(RawClient.exchange(gateway.port(), noise + "\r\n\r\n"))
          .doesNotContain("<html", "org.eclipse.jetty");
    }
    assertOrdinaryCallsGoOn();
  }

  @Test
  void aQueryThatIsNotPercentEncodedIsRefused() throws Exception {
    assertRefused(
        400,
        "MalformedQueryString",
        exchange("GET /echo?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }

  @Test
  void aBugIsAnInternalFailureWithoutItsMessage() throws Exception {
    String answer = exchange(POST + "Content-Length: 4\r\n\r\nabcd");
    assertRefused(500, "InternalFailure", answer);
    assertThat(answer).doesNotContain("s3cr3t", "Exception\n", "\tat ");
  }

  @Test
  void errorsHaveTheShapeOfTheProtocolThatWasSpoken() throws Exception {
    String tooLong = "Content-Length: 10001\r\n\r\n";
    assertThat(
            exchange(
                "PUT /bucket/key HTTP/1.1\r\n"
                    + "Host: localhost\r\n"
                    + "Authorization: AWS4-HMAC-SHA256"
                    + " Credential=AKID/20260331/us-east-1/s3/aws4_request, SignedHeaders=host,"
                    + " Signature=00\r\n"
                    + tooLong))
        .contains("application/xml", "<Error><Code>RequestEntityTooLargeException</Code><Message>");
    assertThat(
            exchange(
                "POST / HTTP/1.1\r\n"
                    + "Host: localhost\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n"
                    + tooLong))
        .contains(
            "text/xml",
            "<ErrorResponse><Error><Type>Sender</Type><Code>RequestEntityTooLargeException</Code>");
    assertThat(
            exchange(
                "POST /_aws/execute-api/a/prod/ingest/crm HTTP/1.1\r\nHost: localhost\r\n"
                    + tooLong))
        .contains("application/json", "{\"message\":\"The local cloud takes");
    assertThat(
            exchange(
                "POST /prod/ingest/crm HTTP/1.1\r\n"
                    + "Host: abc.execute-api.us-east-1.amazonaws.com\r\n"
                    + tooLong))
        .contains("{\"message\":\"The local cloud takes");
  }

  /**
   * A function in a process of its own asks on the wire as a person does; what it does every minute
   * by itself must not keep a cloud from being idle.
   */
  @Test
  void whatAFunctionAsksDoesNotMakeTheCloudBusy() throws Exception {
    AwsService echo = _ -> new AwsResponse(200, Map.of(), new byte[0]);
    Gateway front =
        new Gateway(
            0,
            Gateway.LOOPBACK,
            Set.of(),
            LIMITS,
            new Router(
                new RestApiService(NO_FUNCTIONS),
                Optional.empty(),
                Map.of(),
                Map.of("Test", new Router.Service("test", echo)),
                Map.of(),
                Map.of("sts", echo, "cloudformation", echo),
                (_, _, _) -> {},
                request -> Optional.of(Router.accessKeyId(request)).filter("FUNCTION"::equals)));
    front.open();
    try {
      assertThat(isBusyBy(front, "FUNCTION")).isFalse();
      assertThat(isBusyBy(front, "PERSON")).isTrue();
    } finally {
      front.shut();
    }
  }

  private boolean isBusyBy(Gateway front, String accessKey) throws Exception {
    long before = System.nanoTime();
    String request =
        POST
            + "Authorization: AWS4-HMAC-SHA256 Credential="
            + accessKey
            + "/20260331/us-east-1/test/aws4_request\r\n"
            + "Connection: close\r\nContent-Length: 0\r\n\r\n";
    assertThat(RawClient.exchange(front.port(), request)).startsWith("HTTP/1.1 200 ");
    return front.idleTime().toNanos() < System.nanoTime() - before;
  }
}

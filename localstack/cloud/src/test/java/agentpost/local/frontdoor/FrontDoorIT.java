package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.RawClient;
import agentpost.local.apigateway.RestApiService;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The front door with small limits, and clients that mean it no good. After each of them an
 * ordinary call is answered.
 */
@Timeout(60)
class FrontDoorIT {
  private static final FrontDoorLimits LIMITS =
      new FrontDoorLimits(
          16 * 1024, Duration.ofSeconds(2), 300, 10_000, Duration.ofSeconds(2), 15_000);
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Test.Echo\r\n";

  private static final FunctionHost NO_FUNCTIONS =
      new FunctionHost(
          (_, _) -> {
            throw new IllegalStateException("There are no functions");
          },
          (_, _) -> {});

  private static Gateway gateway;

  @BeforeAll
  static void open() throws Exception {
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
            Map.of("/echo", new Router.Service("echo", echo)),
            echo::handle);
    gateway = new Gateway(0, Gateway.LOOPBACK, Set.of("tunnel.example"), LIMITS, router);
    gateway.open();
  }

  @AfterAll
  static void shut() {
    gateway.shut();
  }

  private static String exchange(String request) throws Exception {
    String answer = RawClient.exchange(gateway.port(), request);
    assertOrdinaryCallsGoOn();
    return answer;
  }

  private static void assertOrdinaryCallsGoOn() throws Exception {
    assertThat(
            RawClient.exchange(
                gateway.port(), POST + "Connection: close\r\nContent-Length: 3\r\n\r\nabc"))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("echo 3");
  }

  private static JsonNode json(String answer) throws Exception {
    return new JsonMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  private static void assertRefused(int status, String code, String answer) throws Exception {
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status + " ")
        .containsIgnoringCase("\r\nConnection: close\r\n")
        .containsIgnoringCase("x-amzn-RequestId: ");
    assertEquals(code, json(answer).path("__type").asText(), answer);
    assertThat(json(answer).path("message").asText()).isNotEmpty();
  }

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
  void aHeadThatDripsIsCutOff() throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      client.send(POST + "X-Slow: ");
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> !client.takes("a"));
    }
    assertOrdinaryCallsGoOn();
  }

  @Test
  void aBodyThatDripsIsAnsweredWhenItsTimeIsUp() throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      client.send(POST + "Content-Length: 1000\r\n\r\n");
      Thread drip =
          Thread.ofVirtual()
              .start(
                  () ->
                      await().pollInterval(Duration.ofMillis(50)).until(() -> !client.takes("a")));
      assertRefused(408, "RequestTimeout", client.answer());
      drip.interrupt();
    }
    assertOrdinaryCallsGoOn();
  }

  @Test
  void hundredsOfConnectionsThatWaitStallNobody() throws Exception {
    List<RawClient> open = new ArrayList<>();
    try {
      for (int i = 0; i < 400; i++) {
        open.add(
            new RawClient(gateway.port())
                .send(
                    i % 2 == 0
                        ? "POST / HTTP/1.1\r\nHost: local"
                        : POST + "Content-Length: 1000\r\n\r\na"));
      }
      for (int i = 0; i < 20; i++) {
        assertOrdinaryCallsGoOn();
      }
    } finally {
      for (RawClient client : open) {
        client.close();
      }
    }
  }

  @Test
  void theOldestOfTooManyThatSayNothingIsClosed() throws Exception {
    List<RawClient> open = new ArrayList<>();
    try {
      for (int i = 0; i < LIMITS.connections() + 50; i++) {
        open.add(new RawClient(gateway.port()));
      }
      assertOrdinaryCallsGoOn();
      assertEquals("", open.getFirst().answer());
    } finally {
      for (RawClient client : open) {
        client.close();
      }
    }
  }

  @Test
  void aConnectionThatIsUsedInTimeStaysOpen() throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < 5; i++) {
        client.send(POST + "Content-Length: 3\r\n\r\nabc");
      }
      assertThat(
              client
                  .send(POST + "Connection: close\r\nContent-Length: 3\r\n\r\nabc")
                  .answer()
                  .split("echo 3", -1))
          .hasSize(7);
    }
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
  void bodiesInHandAreLimitedTogether() throws Exception {
    try (RawClient first = new RawClient(gateway.port())) {
      first.send(POST + "Connection: close\r\nContent-Length: 9001\r\n\r\n" + "a".repeat(9000));
      await()
          .atMost(Duration.ofSeconds(5))
          .until(
              () ->
                  RawClient.exchange(
                          gateway.port(), POST + "Content-Length: 9000\r\n\r\n" + "a".repeat(9000))
                      .contains("SlowDown"));
      assertOrdinaryCallsGoOn();
      assertThat(first.send("a").answer()).endsWith("echo 9001");
    }
    assertThat(
            exchange(POST + "Connection: close\r\nContent-Length: 9000\r\n\r\n" + "a".repeat(9000)))
        .endsWith("echo 9000");
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
  void hostsThatAreNoneAreRefused() throws Exception {
    for (String host :
        List.of(
            "",
            "Host:\r\n",
            "Host: a b\r\n",
            "Host: localhost:99999999\r\n",
            "Host: localhost\r\nHost: localhost\r\n",
            "Host: [::1\r\n")) {
      assertThat(exchange("GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"))
          .as(host)
          .matches("(?s)HTTP/1.1 4\\d\\d .*\"__type\":\".*");
    }
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

  @Test
  void aPageOfAnotherSiteIsRefusedBeforeItsBodyIsRead() throws Exception {
    String simple =
        "POST / HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: text/plain\r\n"
            + "Origin: http://evil.example\r\n"
            + "Content-Length: 9000\r\n\r\n";
    String answer = exchange(simple);
    assertRefused(403, "AccessDeniedException", answer);
    assertThat(answer).doesNotContainIgnoringCase("Access-Control-");
    assertRefused(
        403,
        "AccessDeniedException",
        exchange(
            "POST / HTTP/1.1\r\n"
                + "Host: evil.example\r\n"
                + "X-Amz-Target: Test.Echo\r\n"
                + "Content-Length: 0\r\n\r\n"));
    String preflight =
        exchange(
            "OPTIONS / HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "Origin: http://evil.example\r\n"
                + "Access-Control-Request-Method: POST\r\n\r\n");
    assertRefused(403, "AccessDeniedException", preflight);
    assertThat(preflight).doesNotContainIgnoringCase("Access-Control-");
  }

  @Test
  void itListensOnLoopbackAloneUnlessItIsTold() throws Exception {
    Optional<InetAddress> outside =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
            .findFirst();
    assumeTrue(outside.isPresent(), "this machine has no other address");
    assertThrows(ConnectException.class, () -> new Socket(outside.get(), gateway.port()).close());
    Gateway everywhere =
        new Gateway(
            0,
            "0.0.0.0",
            Set.of(),
            LIMITS,
            new Router(
                new RestApiService(NO_FUNCTIONS),
                Map.of(),
                Map.of(),
                Map.of(),
                _ -> new AwsResponse(200, Map.of(), new byte[0])));
    everywhere.open();
    try {
      new Socket(outside.get(), everywhere.port()).close();
      assertThat(
              RawClient.exchange(everywhere.port(), "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
          .startsWith("HTTP/1.1 403 ");
    } finally {
      everywhere.shut();
    }
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
                Map.of(),
                Map.of("Test", new Router.Service("test", echo)),
                Map.of(),
                echo::handle,
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

  private static boolean isBusyBy(Gateway front, String accessKey) throws Exception {
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

  @Test
  void aNameThatWasAllowedLeadsHere() throws Exception {
    assertTrue(
        exchange(
                "POST / HTTP/1.1\r\n"
                    + "Host: tunnel.example\r\n"
                    + "X-Amz-Target: Test.Echo\r\n"
                    + "Connection: close\r\n"
                    + "Content-Length: 0\r\n\r\n")
            .endsWith("echo 0"));
  }

  /**
   * Answers that nobody reads: two are kept, a third is not made, what is small is answered, and in
   * the end they are cut off.
   */
  @Test
  void answersThatNobodyReadsAreLimitedTogetherAndInTime() throws Exception {
    byte[] large = new byte[20 << 20];
    AwsService answers =
        request ->
            new AwsResponse(
                200, Map.of(), request.path().equals("/large") ? large : "small".getBytes(UTF_8));
    Router router =
        new Router(
            new RestApiService(NO_FUNCTIONS),
            Map.of(),
            Map.of(),
            Map.of("/", new Router.Service("answers", answers)),
            answers::handle);
    Gateway front =
        new Gateway(
            0,
            Gateway.LOOPBACK,
            Set.of(),
            new FrontDoorLimits(
                16 * 1024,
                Duration.ofSeconds(30),
                1000,
                64 << 20,
                Duration.ofSeconds(3),
                48L << 20),
            router);
    front.open();
    String get = "GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (RawClient first = new RawClient(front.port());
        RawClient second = new RawClient(front.port());
        HttpClient reader = HttpClient.newHttpClient()) {
      HttpRequest read =
          HttpRequest.newBuilder(URI.create("http://localhost:" + front.port() + "/large")).build();
      first.send(get.formatted("large"));
      second.send(get.formatted("large"));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> reader.send(read, HttpResponse.BodyHandlers.discarding()).statusCode() == 503);
      assertThat(RawClient.exchange(front.port(), get.formatted("small")))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("small");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  reader.send(read, HttpResponse.BodyHandlers.ofByteArray()).body().length
                      == large.length);
    } finally {
      front.shut();
    }
  }
}

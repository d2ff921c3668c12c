package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.RawClient;
import agentpost.local.apigateway.RestApiService;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that wait, drip or read nothing. After each an ordinary call is answered. */
@Timeout(60)
class SlowClientsIT extends FrontDoorTestBed {
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
            Map.of());
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

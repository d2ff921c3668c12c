package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.Endpoint;
import agentpost.local.testing.Templates;
import agentpost.local.testing.Wire;
import agentpost.platform.AwsClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** Deliveries in a whole cloud: real queues, scaled time, and the cloud's own end. */
class DeliveryIT {
  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static AwsClients aws;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1));
    aws = cloud.clients("test");
    Templates.write(
        cdkOut,
        "delivery",
        "{\"Resources\":{\"Queue\":{\"Type\":\"AWS::SQS::Queue\",\"Properties\":{\"QueueName\":\"letters\"}}}}");
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static Wire wire() {
    return new Wire(aws.create(EventBridgeClient.builder()));
  }

  @Test
  void aLetterOfNearlyAMegabyteWithALongBinaryAnswerReachesItsQueue() throws Exception {
    byte[] binary = new byte[1_000_000];
    new Random(1).nextBytes(binary);
    try (Endpoint endpoint = new Endpoint().answersBody(410, binary)) {
      wire().subscribe("big", endpoint.url("/"), "arn:aws:sqs:us-east-1:000000000000:letters");
      String detail = "{\"a\":\"" + "x".repeat(1024 * 1024 - 100) + "\"}";
      wire().put(Wire.entry("big", detail));
      SqsClient queues = aws.create(SqsClient.builder());
      String url = queues.getQueueUrl(get -> get.queueName("letters")).queueUrl();
      List<Message> received = new CopyOnWriteArrayList<>();
      await()
          .atMost(Duration.ofSeconds(15))
          .until(
              () ->
                  received.addAll(
                      queues
                          .receiveMessage(r -> r.queueUrl(url).messageAttributeNames("All"))
                          .messages()));
      Message letter = received.getFirst();
      assertThat(letter.body()).contains(detail).startsWith("{\"version\":\"0\",\"id\":");
      assertThat(letter.messageAttributes().keySet())
          .containsExactlyInAnyOrder(
              "RULE_ARN", "TARGET_ARN", "ERROR_CODE", "ERROR_MESSAGE", "RETRY_ATTEMPTS");
      assertThat(letter.messageAttributes().values())
          .allMatch(attribute -> attribute.dataType().equals("String"));
    }
  }

  @Test
  void whatIsBeingRetriedIsInFlightAndWaitsAreScaled() throws Exception {
    try (Endpoint endpoint = new Endpoint().answers(503, "Retry-After: 1800").answers(200)) {
      wire().subscribe("slow", endpoint.url("/"), "");
      long start = System.nanoTime();
      wire().put(Wire.entry("slow", "{\"event_id\":\"slow-1\"}"));
      await()
          .until(
              () ->
                  cloud
                      .pendingDeliveries()
                      .toString()
                      .contains("event slow-1 for slow (1 attempts made)"));
      await().until(() -> endpoint.received().size() == 2 && cloud.pendingDeliveries().isEmpty());
      // Half an hour is three seconds at 600.
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(2900));
    }
  }

  @Test
  void aCloudThatIsClosedWhileItRetriesStillSaysWhatWasInFlight() throws Exception {
    LocalCloud other = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    List<Object> ends = new CopyOnWriteArrayList<>();
    try (Endpoint endpoint = new Endpoint().answers(503).answersLate(Duration.ofSeconds(4), 503)) {
      other.listen(
          happening -> {
            if (happening instanceof DeliveryEvent.DeadLettered
                || happening instanceof DeliveryEvent.Dropped) {
              ends.add(happening);
            }
          });
      Wire wire = new Wire(other.clients("test").create(EventBridgeClient.builder()));
      wire.subscribe("r", endpoint.url("/"), "");
      wire.put(Wire.entry("r", "{\"event_id\":\"killed-1\"}"));
      await().until(() -> endpoint.received().size() == 2);
    } finally {
      other.close();
    }
    assertThat(other.pendingDeliveries()).hasToString("[event killed-1 for r (1 attempts made)]");
    assertThat(ends).isEmpty();
  }

  @Test
  void aPortThatIsTakenIsSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> LocalCloud.start(new LocalCloudOptions(taken.getLocalPort(), 1, 1)))
          .isInstanceOf(IOException.class);
    }
  }

  /** An event put before its bus is there is gone: who waits for ready must not put one. */
  @Test
  void isNotReadyBeforeItHasATemplate(@TempDir Path template) throws Exception {
    try (LocalCloud empty = LocalCloud.start(new LocalCloudOptions(0, 1, 1))) {
      assertThat(health(empty).statusCode()).isEqualTo(503);
      assertThat(health(empty).body()).startsWith("{\"status\":\"starting\",");
      Templates.write(template, "ready", "{\"Resources\":{}}");
      empty.deploy(template);
      assertThat(health(empty).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> health(LocalCloud of) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(of.endpoint().resolve("/_agentpost/health")).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}

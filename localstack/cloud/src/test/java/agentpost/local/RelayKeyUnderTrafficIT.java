package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.SignUps;
import agentpost.local.testing.Templates;
import agentpost.secrets.SecretStore;
import agentpost.secrets.StoredSecret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * The relay's key is changed while deliveries go on, through the real rotation function, connection
 * and relay. An hour, which the overlap takes, is fifteen seconds.
 */
class RelayKeyUnderTrafficIT {
  private static final String SECRET = "agentpost/relay";

  @TempDir private Path cdkOut;
  private final List<DeliveryEvent.AttemptMade> attempts = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private LocalCloud cloud;
  private SignUps signUps;
  private SecretsManagerClient secrets;
  private LambdaClient lambda;

  @BeforeEach
  void start() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate().secrets();
    template
        .agent("welcome-agent", "agentpost.onboarding.WelcomeHandler", SignUps.PATTERN)
        .put("EMAIL_FROM", "hello@example.com");
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 240, 1));
    cloud.listen(
        happening -> {
          if (happening instanceof DeliveryEvent.AttemptMade attempt) {
            attempts.add(attempt);
          }
        });
    cloud.listenToLogs((function, line) -> log.add(function + " " + line));
    cloud.deploy(cdkOut);
    secrets = cloud.clients("test").create(SecretsManagerClient.builder());
    lambda = cloud.clients("test").create(LambdaClient.builder());
    signUps = new SignUps(cloud.clients("test").create(EventBridgeClient.builder()));
    signUps.putEvery(Duration.ofMillis(100));
    await().atMost(Duration.ofSeconds(30)).until(() -> answered(200) > 3);
  }

  @AfterEach
  void stop() {
    signUps.close();
    http.close();
    lambda.close();
    secrets.close();
    cloud.close();
  }

  private StoredSecret key() {
    return StoredSecret.read(secrets.getSecretValue(get -> get.secretId(SECRET)).secretString());
  }

  private void step(String step) {
    InvokeResponse answer =
        lambda.invoke(
            invoke ->
                invoke
                    .functionName("agentpost-rotation")
                    .payload(
                        SdkBytes.fromUtf8String(
                            "{\"Step\":\"" + step + "\",\"SecretId\":\"" + SECRET + "\"}")));
    assertThat(answer.functionError()).as(answer.payload().asUtf8String()).isNull();
  }

  private void rotate() {
    step("rotateRelay");
    awaitCloud(cloud.now().plus(SecretStore.MIN_REFRESH_INTERVAL));
    step("updateConnection");
  }

  private void awaitCloud(Instant time) {
    await().atMost(Duration.ofSeconds(40)).until(() -> !cloud.now().isBefore(time));
  }

  private long answered(int status) {
    return attempts.stream()
        .filter(attempt -> attempt.status().equals(Optional.of(status)))
        .count();
  }

  private void awaitMore(int status) {
    long before = answered(status);
    await().atMost(Duration.ofSeconds(30)).until(() -> answered(status) > before + 3);
  }

  private void awaitAllDelivered() throws Exception {
    signUps.end();
    await().atMost(Duration.ofSeconds(60)).until(() -> answered(200) >= signUps.ids().size());
    try (SqsClient sqs = cloud.clients("test").create(SqsClient.builder())) {
      String queue =
          sqs.getQueueUrl(get -> get.queueName("agentpost-welcome-agent-dlq")).queueUrl();
      assertEquals(
          "0",
          sqs.getQueueAttributes(
                  get ->
                      get.queueUrl(queue)
                          .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))
              .attributes()
              .get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES));
    }
  }

  /** What the relay answers to who shows this key. */
  private int status(String key) throws Exception {
    URI relay =
        URI.create(
            cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "")
                + "/deliveries/welcome-agent");
    return http.send(
            HttpRequest.newBuilder(relay)
                .header("X-Agentpost-Relay-Key", key)
                .POST(HttpRequest.BodyPublishers.ofByteArray("{}".getBytes(UTF_8)))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void notOneDeliveryIsRefusedWhileItIsRotatedTwice() throws Exception {
    String old = key().current();
    step("rotateRelay");
    // EventBridge goes on with the previous key, however long the next step takes to come.
    awaitCloud(cloud.now().plus(Duration.ofMinutes(2)));
    awaitMore(200);
    step("updateConnection");
    awaitMore(200);
    assertThat(key().previous()).contains(old);
    rotate();
    awaitMore(200);
    assertThat(key().previous()).isPresent().get().isNotEqualTo(old);
    awaitCloud(key().previousUntil().orElseThrow().plus(Duration.ofMinutes(1)));
    awaitMore(200);
    // An agent whose start takes longer than the relay waits is no refusal; it comes again.
    assertThat(attempts)
        .filteredOn(attempt -> attempt.status().isPresent())
        .allSatisfy(attempt -> assertThat(attempt.status().orElseThrow()).isIn(200, 504));
    assertThat(log).noneMatch(line -> line.contains("RelayKeyRefused"));
    assertEquals(503, status(old), "and then the old key is one of a stranger's");
    awaitAllDelivered();
  }

  /** As someone does who does not know of the command; before, each event was a dead letter. */
  @Test
  void aKeyThatWasPutByHandCostsTimeAndNoEvent() throws Exception {
    secrets.putSecretValue(
        value -> value.secretId(SECRET).secretString("{\"current\":\"made up by a person\"}"));
    awaitMore(503);
    assertThat(log).anyMatch(line -> line.contains("RelayKeyRefused"));
    rotate();
    assertThat(key().previous()).contains("made up by a person");
    awaitMore(200);
    assertEquals(0, answered(403));
    awaitAllDelivered();
  }
}

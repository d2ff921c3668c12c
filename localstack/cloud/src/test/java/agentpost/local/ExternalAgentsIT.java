package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.catalog.AgentName;
import agentpost.health.ConsentStore;
import agentpost.health.HealthTable;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import agentpost.local.testing.Webhook;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * External agents on this machine, under their names on the internet: one that agrees, one that
 * does not, and one that goes. An hour is a minute.
 */
class ExternalAgentsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final List<String> LOG = new CopyOnWriteArrayList<>();

  @TempDir private static Path cdkOut;
  private static Webhook agreeing;
  private static Webhook unwilling;
  private static Webhook going;
  private static Webhook news;
  private static int documented;
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    agreeing = new Webhook();
    unwilling = new Webhook().agrees(false);
    going = new Webhook();
    news = new Webhook();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      documented = free.getLocalPort();
    }
    AgentpostTemplate template = new AgentpostTemplate().recovery().redrive();
    template.external("agreeing", "https://agreeing.example.com/hooks", source("agreeing"));
    template.external("unwilling", "https://unwilling.example.com/hooks", source("unwilling"));
    template.external("going", "https://going.example.com/hooks", source("going"));
    template.external(
        "news",
        "https://news.example.com/hooks",
        "{\"detail-type\":[\"agent.stopped\",\"agent.resumed\"]}");
    template.external("inside", "https://169.254.169.254/latest/meta-data", source("inside"));
    template.external("documented", "https://documented.example.com/hooks", source("documented"));
    Templates.write(cdkOut, "agentpost", template.toString());
    Map<String, Integer> hosts =
        Map.of(
            "agreeing.example.com",
            agreeing.port(),
            "unwilling.example.com",
            unwilling.port(),
            "going.example.com",
            going.port(),
            "news.example.com",
            news.port(),
            "documented.example.com",
            documented);
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1).withRoutes(hosts));
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
    agreeing.close();
    unwilling.close();
    going.close();
    news.close();
  }

  private static String source(String name) {
    return "{\"source\":[\"for-" + name + "\"]}";
  }

  private static void put(String agent, String id) {
    String detail =
        "{\"event_id\":\"%s\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{},\"metadata\":{\"source_service\":\"for-%s\",\"correlation_id\":\"c\"}}"
            .formatted(id, agent);
    try (EventBridgeClient bus = cloud.clients("test").create(EventBridgeClient.builder())) {
      assertThat(
              bus.putEvents(
                      put ->
                          put.entries(
                              PutEventsRequestEntry.builder()
                                  .eventBusName("agentpost")
                                  .source("for-" + agent)
                                  .detailType("user.signed_up")
                                  .detail(detail)
                                  .build()))
                  .failedEntryCount())
          .isZero();
    }
  }

  private static int letters(String agent) {
    try (SqsClient queues = cloud.clients("test").create(SqsClient.builder())) {
      String url =
          queues.getQueueUrl(get -> get.queueName("agentpost-" + agent + "-dlq")).queueUrl();
      return queues
          .getQueueAttributes(
              get ->
                  get.queueUrl(url)
                      .attributeNames(
                          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
          .attributes()
          .values()
          .stream()
          .mapToInt(Integer::parseInt)
          .sum();
    }
  }

  private static boolean said(String type, String agent, String because) {
    return news.messages().stream()
        .anyMatch(
            event ->
                event.contains(type)
                    && event.contains("\"agent\":\"" + agent + "\"")
                    && event.contains(because));
  }

  private static void resume(String agent) {
    try (DynamoDbClient tables = cloud.clients("test").create(DynamoDbClient.builder())) {
      assertThat(
              new ConsentStore(new HealthTable(tables, "agentpost-health"))
                  .resume(new AgentName(agent), cloud.now()))
          .isPresent();
    }
  }

  private static String redrive(String agent) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                cloud
                    .endpoint()
                    .resolve("/2015-03-31/functions/agentpost-redrive:live/invocations"))
            .POST(HttpRequest.BodyPublishers.ofString("{\"agent\":\"" + agent + "\"}"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  @Test
  void oneThatAgreesIsAskedOnceAndGetsItsEvents() {
    put("agreeing", "agreed-1");
    await().atMost(TIMEOUT).until(() -> agreeing.events().contains("agreed-1"));
    put("agreeing", "agreed-2");
    await().atMost(TIMEOUT).until(() -> agreeing.events().contains("agreed-2"));
    assertThat(agreeing.challenges()).hasSize(1);
    assertThat(agreeing.events()).containsExactly("agreed-1", "agreed-2");
  }

  @Test
  void oneThatDoesNotAgreeGetsNothingAndItsEventsWaitUntilItDoes() {
    put("unwilling", "wanted-1");
    put("unwilling", "wanted-2");
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                unwilling.challenges().size() >= 2
                    && said("agent.stopped", "unwilling", "unverified"));
    assertThat(unwilling.events()).isEmpty();
    assertThat(letters("unwilling")).isZero();
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("agentpost-relay ")
                    && line.contains("\"outcome\":\"unverified\"")
                    && line.contains("\"challenge\":\"answered 404\""));
    unwilling.agrees(true);
    await()
        .atMost(TIMEOUT)
        .until(() -> unwilling.events().containsAll(List.of("wanted-1", "wanted-2")));
    await().atMost(TIMEOUT).until(() -> said("agent.resumed", "unwilling", ""));
  }

  @Test
  void oneThatGoesIsLeftAloneAndGetsWhatItMissedWhenSomeoneResumesIt() throws Exception {
    put("going", "here-1");
    await().atMost(TIMEOUT).until(() -> going.events().contains("here-1"));
    going.answers(410);
    put("going", "gone-1");
    await()
        .atMost(TIMEOUT)
        .until(() -> letters("going") == 1 && said("agent.stopped", "going", "gone"));
    put("going", "gone-2");
    await().atMost(TIMEOUT).until(() -> letters("going") == 2);
    assertThat(going.events()).containsExactly("here-1", "gone-1");
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                LOG.stream()
                    .anyMatch(
                        line ->
                            line.startsWith("agentpost-recovery ")
                                && line.contains("\"Agent\":\"going\"")
                                && line.contains("\"DeliveriesStopped\":1")));
    assertThat(redrive("going")).contains("agents resume going");
    assertThat(letters("going")).isEqualTo(2);
    going.answers(200);
    resume("going");
    assertThat(redrive("going")).contains("gone-1", "gone-2");
    assertThat(letters("going")).isZero();
    assertThat(going.events()).containsExactlyInAnyOrder("here-1", "gone-1", "gone-1", "gone-2");
    assertThat(going.challenges()).hasSize(2);
    await().atMost(TIMEOUT).until(() -> said("agent.resumed", "going", ""));
  }

  @Test
  void oneInsideTheNetworkIsNotCalled() {
    put("inside", "inside-1");
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                LOG.stream()
                    .anyMatch(
                        line ->
                            line.startsWith("agentpost-relay ")
                                && line.contains("inside-1")
                                && line.contains("its URL may not be called")));
  }

  /** The receiver that docs/external-agents.md links to. */
  @Test
  void theDocumentsReceiverAnswersTheChallengeAndTakesEvents() throws Exception {
    Path receiver = Path.of("../../docs/examples/receiver.py");
    String secret;
    try (SecretsManagerClient secrets =
        cloud.clients("test").create(SecretsManagerClient.builder())) {
      secret =
          new JsonMapper()
              .readTree(
                  secrets
                      .getSecretValue(get -> get.secretId("agentpost/agents/documented"))
                      .secretString())
              .path("current")
              .asText();
    }
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/env")), "there is no env to find python3 with");
    Path said = cdkOut.resolve("receiver.log");
    ProcessBuilder python =
        new ProcessBuilder("/usr/bin/env", "python3", receiver.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    python.environment().putAll(Map.of("SECRET", secret, "PORT", Integer.toString(documented)));
    Process process = python.start();
    try {
      await().atMost(TIMEOUT).until(() -> !process.isAlive() || listens(documented));
      Assumptions.assumeTrue(process.isAlive(), "there is no python3");
      put("documented", "documented-1");
      await().atMost(TIMEOUT).until(() -> Files.readAllLines(said).contains("event documented-1"));
      assertThat(Files.readAllLines(said)).containsExactly("event documented-1");
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}

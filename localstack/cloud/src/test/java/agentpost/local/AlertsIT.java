package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Alarms of the account, from its default bus to their groups. An hour is twenty seconds. */
class AlertsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path cdkOut;
  private static final List<DeliveryEvent> HAPPENINGS = new CopyOnWriteArrayList<>();
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static LocalCloud cloud;
  private static DynamoDbClient tables;
  private static SqsClient queues;

  @BeforeAll
  static void start() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate().recovery().alerts();
    String hears =
        "{\"$or\":[{\"detail-type\":[\"alert.raised\"]},{\"detail-type\":[\"deadline.reached\"],\"detail\":{\"data\":{\"agent\":[\"alert-aggregator\"]}}}]}";
    template
        .agent("alert-aggregator", "agentpost.alerts.AlertAggregatorHandler", hears)
        .put("AGENT_STATE_TABLE", "agentpost-agent-state")
        .put("SCHEDULE_GROUP", "agentpost")
        .put("SCHEDULE_ROLE_ARN", "arn:aws:iam::000000000000:role/r")
        .put("SCHEDULE_DLQ_ARN", "arn:aws:sqs:us-east-1:000000000000:agentpost-schedules-dlq")
        .put("BUS_ARN", "arn:aws:events:us-east-1:000000000000:event-bus/agentpost");
    template.settings(
        "alert-aggregator",
        "\"rate\":300,\"recovery\":{\"enabled\":true,\"initialBackoff\":60,\"maxBackoff\":300}",
        2);
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 180, 1));
    cloud.listen(HAPPENINGS::add);
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
    tables = cloud.clients("test").create(DynamoDbClient.builder());
    queues = cloud.clients("test").create(SqsClient.builder());
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    tables.close();
    queues.close();
    cloud.close();
  }

  private static void send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(cloud.endpoint().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(2, answer.statusCode() / 100, answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What CloudWatch would put on the default bus. */
  private static void alarm(String id, String name, String state) {
    send(
        "POST",
        "/_agentpost/aws-events",
        "{\"id\":\"%s\",\"source\":\"aws.cloudwatch\",\"detail-type\":\"CloudWatch Alarm State Change\",\"detail\":{\"alarmName\":\"%s\",\"state\":{\"value\":\"%s\",\"reason\":\"r\"}}}"
            .formatted(id, name, state));
  }

  private static long published(String type) {
    return accepted().filter(event -> event.detailType().equals(type)).count();
  }

  private static Stream<DeliveryEvent.EventAccepted> accepted() {
    return HAPPENINGS.stream()
        .filter(DeliveryEvent.EventAccepted.class::isInstance)
        .map(DeliveryEvent.EventAccepted.class::cast);
  }

  private static long deadLettered() {
    return HAPPENINGS.stream().filter(DeliveryEvent.DeadLettered.class::isInstance).count();
  }

  /** What the aggregator remembers of an alarm. */
  private static JsonNode remembered(String alarm) {
    return tables
        .scan(scan -> scan.tableName("agentpost-agent-state").consistentRead(true))
        .items()
        .stream()
        .map(row -> json(row.getOrDefault("state", AttributeValue.fromS("{}")).s()))
        .filter(state -> state.at("/group/fingerprint").asText().endsWith("/" + alarm))
        .findFirst()
        .orElseGet(JSON::createObjectNode);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int letters() {
    String url =
        queues.getQueueUrl(get -> get.queueName("agentpost-alert-aggregator-dlq")).queueUrl();
    Map<QueueAttributeName, String> attributes =
        queues
            .getQueueAttributes(
                get ->
                    get.queueUrl(url)
                        .attributeNames(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
            .attributes();
    return attributes.values().stream().mapToInt(Integer::parseInt).sum();
  }

  @Test
  void anAlarmThatComesThreeTimesIsOneAlertOfOneGroupThatIsRemindedOfUntilItIsOver() {
    for (int i = 0; i < 3; i++) {
      alarm("disk-1", "disk-full", "ALARM");
    }
    alarm("disk-2", "disk-full", "ALARM");
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                remembered("disk-full").at("/group/count").asInt() == 2
                    && remembered("disk-full").at("/group/grouped").isObject());
    await()
        .atMost(TIMEOUT)
        .until(() -> remembered("disk-full").at("/group/reminders/0/data/reminder").asInt() == 1);
    alarm("disk-3", "disk-full", "OK");
    await().atMost(TIMEOUT).until(() -> remembered("disk-full").has("resolved_at"));
    String group = remembered("disk-full").at("/group/opened_by").asText();
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("agentpost-alert-aggregator ")
                    && line.contains(group)
                    && line.contains("\"note\":\"opened a group until"));
    assertThat(published("alert.unresolved")).isPositive();
  }

  /** The aggregator refuses everything until EventBridge has given up on all of it. */
  @Test
  void anAggregatorThatIsDownLosesNoAlertAndItsGroupsAreWhole() {
    int alerts = 12;
    long before = deadLettered();
    send(
        "PUT",
        "/2017-10-31/functions/agentpost-alert-aggregator/concurrency",
        "{\"ReservedConcurrentExecutions\":0}");
    for (int i = 0; i < alerts; i++) {
      alarm("away-" + i, i < 9 ? "queue-grows" : "no-sign-ups", "ALARM");
    }
    await().atMost(TIMEOUT).until(() -> deadLettered() - before >= alerts);
    assertThat(letters()).isGreaterThanOrEqualTo(alerts);
    assertThat(remembered("queue-grows").isEmpty()).isTrue();
    send("DELETE", "/2017-10-31/functions/agentpost-alert-aggregator/concurrency", "");
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                remembered("queue-grows").at("/group/count").asInt() == 9
                    && remembered("no-sign-ups").at("/group/count").asInt() == 3);
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                Stream.of("queue-grows", "no-sign-ups")
                    .allMatch(name -> remembered(name).at("/group/grouped").isObject()));
    await().atMost(TIMEOUT).until(() -> letters() == 0);
    assertThat(remembered("queue-grows").at("/group/count").asInt()).isEqualTo(9);
  }
}

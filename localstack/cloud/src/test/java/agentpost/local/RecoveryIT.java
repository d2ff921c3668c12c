package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.ReceiverHandler;
import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * A receiver that is down for longer than EventBridge tries, and comes back: nobody does anything.
 * An hour is a minute.
 */
class RecoveryIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();

  private static String signUp(String id) {
    return """
    {"event_id":"%s","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z","data":{"user_id":"usr-%s","email":"a@example.com","plan":"free",\
    "signup_source":"marketing_campaign_xyz","location":"US-CA"},"metadata":{"source_service":"authentication_service","correlation_id":"corr-9876"}}\
    """
        .formatted(id, id);
  }

  private static int letters(AwsClients aws) {
    try (SqsClient queues = aws.create(SqsClient.builder())) {
      String url = queues.getQueueUrl(get -> get.queueName("agentpost-crm-sync-dlq")).queueUrl();
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
  }

  private static boolean circuitIsOpen(AwsClients aws) {
    try (DynamoDbClient tables = aws.create(DynamoDbClient.builder())) {
      return tables.scan(scan -> scan.tableName("agentpost-health")).items().stream()
          .anyMatch(row -> row.containsKey("open_until"));
    }
  }

  @Test
  void anOutageIsNoticedSparedAnnouncedAndGotOverWithoutAPerson(@TempDir Path cdkOut)
      throws Exception {
    AgentpostTemplate template = new AgentpostTemplate().recovery();
    template.agent(
        "crm-sync",
        "agentpost.local.testing.ReceiverHandler",
        "{\"detail-type\":[\"user.signed_up\"]}");
    template.settings(
        "crm-sync",
        "\"rate\":300,\"breaker\":{\"failureThreshold\":5,\"windowSize\":10,\"window\":600,\"openDuration\":30,\"maxOpenDuration\":120},\"recovery\":{\"enabled\":true,\"initialBackoff\":60,\"maxBackoff\":300}",
        2);
    Templates.write(cdkOut, "agentpost", template.toString());
    List<String> ids = IntStream.range(0, 10).mapToObj(i -> "away-" + i).toList();
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1))) {
      cloud.listen(
          happening -> {
            if (happening instanceof DeliveryEvent.EventAccepted(_, _, _, var type, _, _)
                && type.startsWith("agent.")) {
              events.add(type);
            }
          });
      cloud.listenToLogs((function, line) -> log.add(function + " " + line));
      cloud.deploy(cdkOut);
      AwsClients aws = cloud.clients("test");
      try (EventBridgeClient bus = aws.create(EventBridgeClient.builder())) {
        bus.putEvents(
            put ->
                put.entries(
                    ids.stream()
                        .map(
                            id ->
                                PutEventsRequestEntry.builder()
                                    .eventBusName("agentpost")
                                    .source("authentication_service")
                                    .detailType("user.signed_up")
                                    .detail(signUp(id))
                                    .build())
                        .toList()));
      }
      await()
          .atMost(TIMEOUT)
          .until(() -> letters(aws) == ids.size() && events.contains("agent.unhealthy"));
      assertThat(circuitIsOpen(aws)).isTrue();
      assertThat(log)
          .anyMatch(
              line ->
                  line.startsWith("agentpost-relay ")
                      && line.contains("\"outcome\":\"circuit-open\""));
      assertThat(log)
          .anyMatch(
              line ->
                  line.startsWith("agentpost-recovery ")
                      && line.contains("\"Agent\":\"crm-sync\"")
                      && line.contains("\"CircuitOpen\":1"));
      ReceiverHandler.UP.set(true);
      await().atMost(TIMEOUT).until(() -> events.contains("agent.recovered"));
      assertThat(letters(aws)).isZero();
      assertThat(circuitIsOpen(aws)).isFalse();
      assertThat(ReceiverHandler.TAKEN).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(events).containsExactly("agent.unhealthy", "agent.recovered");
    }
  }
}

package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Queues' policies over the wire: what they say is held to; a queue without one is refused by a
 * strict cloud, as by AWS.
 */
class QueuePoliciesIT {
  private static final String ALLOWS =
      "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"events.amazonaws.com\"},\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}]}";

  @ParameterizedTest
  @CsvSource({
    "true,ALLOWS,true",
    "true,OTHERS,false",
    "true,NONE,false",
    "false,ALLOWS,true",
    "false,OTHERS,false",
    "false,NONE,true"
  })
  void aQueueTakesWhatItsPolicyLetsEventBridgeSend(boolean strict, String policy, boolean taken)
      throws Exception {
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1).withStrict(strict));
        SqsClient sqs = cloud.clients("test").create(SqsClient.builder());
        EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      String url = sqs.createQueue(create -> create.queueName("q")).queueUrl();
      if (!policy.equals("NONE")) {
        String text =
            policy.equals("ALLOWS")
                ? ALLOWS
                : ALLOWS.replace("events.amazonaws.com", "sns.amazonaws.com");
        sqs.setQueueAttributes(
            set -> set.queueUrl(url).attributes(Map.of(QueueAttributeName.POLICY, text)));
        assertThat(
                sqs.getQueueAttributes(
                        get -> get.queueUrl(url).attributeNames(QueueAttributeName.POLICY))
                    .attributes())
            .containsEntry(QueueAttributeName.POLICY, text);
      }
      events.putRule(put -> put.name("r").eventPattern("{\"source\":[\"s\"]}"));
      events.putTargets(
          put ->
              put.rule("r")
                  .targets(
                      Target.builder()
                          .id("1")
                          .arn("arn:aws:sqs:us-east-1:000000000000:q")
                          .build()));
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .source("s")
                      .detailType("t")
                      .detail("{\"event_id\":\"" + UUID.randomUUID() + "\"}")
                      .build()));
      await().until(() -> cloud.pendingDeliveries().isEmpty());
      assertThat(
              sqs.receiveMessage(receive -> receive.queueUrl(url).waitTimeSeconds(taken ? 5 : 0))
                  .messages())
          .hasSize(taken ? 1 : 0);
    }
  }

  @Test
  void aStrictCloudWantsARoleForAnotherBus() throws Exception {
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1).withStrict(true));
        EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      String bus = events.createEventBus(create -> create.name("b")).eventBusArn();
      events.putRule(put -> put.name("r").eventPattern("{\"source\":[\"s\"]}"));
      assertThat(
              catchThrowableOfType(
                  EventBridgeException.class,
                  () ->
                      events.putTargets(
                          put -> put.rule("r").targets(Target.builder().id("1").arn(bus).build()))))
          .hasMessageContaining("RoleArn is required for target " + bus + ".");
    }
  }
}

package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import agentpost.local.testing.Templates;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SqsException;

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

  /** Of a template without roles too: nothing else is asked of that one. */
  @Test
  void aTemplatesPolicyIsEnoughForAStrictCloudUntilItIsSetAnew(@TempDir Path cdkOut)
      throws Exception {
    Templates.write(
        cdkOut,
        "s",
        """
        {"Resources":{
          "Q":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"q"}},
          "P":{"Type":"AWS::SQS::QueuePolicy","Properties":{"Queues":[{"Ref":"Q"}],"PolicyDocument":POLICY}},
          "B":{"Type":"AWS::Events::EventBus","Properties":{"Name":"b"}},
          "R":{"Type":"AWS::Events::Rule","Properties":{"Name":"r","EventBusName":{"Ref":"B"},"EventPattern":{"source":["s"]},
            "Targets":[{"Id":"1","Arn":{"Fn::GetAtt":["Q","Arn"]}}]}}}}
        """
            .replace("POLICY", ALLOWS));
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1).withStrict(true));
        SqsClient sqs = cloud.clients("test").create(SqsClient.builder());
        EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      cloud.deploy(cdkOut);
      String url = sqs.getQueueUrl(get -> get.queueName("q")).queueUrl();
      assertThat(
              sqs.getQueueAttributes(
                      get -> get.queueUrl(url).attributeNames(QueueAttributeName.POLICY))
                  .attributes()
                  .get(QueueAttributeName.POLICY))
          .contains("events.amazonaws.com");
      assertThat(putAndReceive(cloud, events, sqs, url, 5)).isOne();
      String others = ALLOWS.replace("events.amazonaws.com", "sns.amazonaws.com");
      sqs.setQueueAttributes(
          set -> set.queueUrl(url).attributes(Map.of(QueueAttributeName.POLICY, others)));
      assertThat(putAndReceive(cloud, events, sqs, url, 0)).isZero();
    }
  }

  private static int putAndReceive(
      LocalCloud cloud, EventBridgeClient events, SqsClient sqs, String url, int waitSeconds) {
    events.putEvents(
        put ->
            put.entries(
                PutEventsRequestEntry.builder()
                    .eventBusName("b")
                    .source("s")
                    .detailType("t")
                    .detail("{}")
                    .build()));
    await().until(() -> cloud.pendingDeliveries().isEmpty());
    var messages =
        sqs.receiveMessage(receive -> receive.queueUrl(url).waitTimeSeconds(waitSeconds))
            .messages();
    messages.forEach(
        message ->
            sqs.deleteMessage(
                delete -> delete.queueUrl(url).receiptHandle(message.receiptHandle())));
    return messages.size();
  }

  @ParameterizedTest
  @CsvSource({"events:PutEvents,1", "events:InvokeApiDestination,0"})
  void anotherBusIsReachedByTheTargetsRole(String action, int received, @TempDir Path cdkOut)
      throws Exception {
    Templates.write(
        cdkOut,
        "s",
        """
        {"Resources":{
          "Q":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"q"}},
          "P":{"Type":"AWS::SQS::QueuePolicy","Properties":{"Queues":[{"Ref":"Q"}],"PolicyDocument":POLICY}},
          "B":{"Type":"AWS::Events::EventBus","Properties":{"Name":"b"}},
          "C":{"Type":"AWS::Events::EventBus","Properties":{"Name":"c"}},
          "Role":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"forward",
            "AssumeRolePolicyDocument":{"Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}},
            "Policies":[{"PolicyName":"p","PolicyDocument":{"Statement":{"Effect":"Allow","Action":"ACTION","Resource":{"Fn::GetAtt":["C","Arn"]}}}}]}},
          "ToC":{"Type":"AWS::Events::Rule","Properties":{"Name":"r","EventBusName":{"Ref":"B"},"EventPattern":{"source":["s"]},
            "Targets":[{"Id":"1","Arn":{"Fn::GetAtt":["C","Arn"]},"RoleArn":{"Fn::GetAtt":["Role","Arn"]}}]}},
          "ToQ":{"Type":"AWS::Events::Rule","Properties":{"Name":"r","EventBusName":{"Ref":"C"},"EventPattern":{"source":["s"]},
            "Targets":[{"Id":"1","Arn":{"Fn::GetAtt":["Q","Arn"]}}]}}}}
        """
            .replace("POLICY", ALLOWS)
            .replace("ACTION", action));
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1).withStrict(true));
        SqsClient sqs = cloud.clients("test").create(SqsClient.builder());
        EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      cloud.deploy(cdkOut);
      String url = sqs.getQueueUrl(get -> get.queueName("q")).queueUrl();
      assertThat(putAndReceive(cloud, events, sqs, url, received * 5)).isEqualTo(received);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"NotAction\":\"sqs:*\"|a policy's NotAction",
        "\"Action\":\"sqs:*\",\"Condition\":{\"NumericEquals\":{\"a:b\":\"1\"}}|the condition"
            + " operator NumericEquals",
        "\"Resource\":\"*\"|a policy's statement needs Action",
      })
  void aPolicyThatIsNotKeptToIsRefusedByName(String elements, String named) throws Exception {
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1));
        SqsClient sqs = cloud.clients("test").create(SqsClient.builder())) {
      String url = sqs.createQueue(create -> create.queueName("q")).queueUrl();
      String policy =
          "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\"," + elements + "}]}";
      assertThat(
              catchThrowableOfType(
                  SqsException.class,
                  () ->
                      sqs.setQueueAttributes(
                          set ->
                              set.queueUrl(url)
                                  .attributes(Map.of(QueueAttributeName.POLICY, policy)))))
          .hasMessageContaining(named);
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

package agentpost.extension;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.extension.Extensions;
import agentpost.local.extension.LocalResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** Kinesis is no part of the local cloud; these tests register it. */
class LocalExtensionsIT {
  private static final String TEMPLATE =
      """
      {"Resources":{
        "Stream":{"Type":"AWS::Kinesis::Stream","Properties":{"Name":"STREAM","ShardCount":1}},
        "Letters":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"letters"}},
        "LettersPolicy":{"Type":"AWS::SQS::QueuePolicy","Properties":{"Queues":[{"Ref":"Letters"}],"PolicyDocument":{"Statement":
          {"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}}}},
        "Role":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"to-stream",
          "AssumeRolePolicyDocument":{"Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}},
          "Policies":[{"PolicyName":"p","PolicyDocument":{"Statement":{"Effect":"Allow","Action":"kinesis:PutRecord","Resource":{"Fn::GetAtt":["Stream","Arn"]}}}}]}},
        "Bus":{"Type":"AWS::Events::EventBus","Properties":{"Name":"b"}},
        "Rule":{"Type":"AWS::Events::Rule","Properties":{"Name":"r","EventBusName":{"Ref":"Bus"},"EventPattern":{"source":["s"]},
          "Targets":[{"Id":"1","Arn":{"Fn::GetAtt":["Stream","Arn"]},"RoleArn":{"Fn::GetAtt":["Role","Arn"]},"InputPath":"$.detail",
            "KinesisParameters":{"PartitionKeyPath":"$.detail.key"},"RetryPolicy":{"MaximumRetryAttempts":4},
            "DeadLetterConfig":{"Arn":{"Fn::GetAtt":["Letters","Arn"]}}}]}}}}
      """;

  @TempDir private Path cdkOut;
  private LocalCloud cloud;
  private EventBridgeClient events;
  private SqsClient queues;

  @BeforeEach
  void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1));
    events = cloud.clients("test").create(EventBridgeClient.builder());
    queues = cloud.clients("test").create(SqsClient.builder());
  }

  @AfterEach
  void stop() {
    queues.close();
    events.close();
    cloud.close();
  }

  private void deploy(String template) throws IOException {
    Files.writeString(
        cdkOut.resolve("manifest.json"),
        "{\"artifacts\":{\"s\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"s.template.json\"}}}}");
    Files.writeString(cdkOut.resolve("s.template.json"), template);
    Files.writeString(cdkOut.resolve("s.assets.json"), "{\"files\":{}}");
    cloud.deploy(cdkOut);
  }

  private void put() {
    events.putEvents(
        put ->
            put.entries(
                PutEventsRequestEntry.builder()
                    .eventBusName("b")
                    .source("s")
                    .detailType("t")
                    .detail("{\"key\":\"k-1\"}")
                    .build()));
    await().until(() -> cloud.pendingDeliveries().isEmpty());
  }

  private List<Message> letters() {
    String url = queues.getQueueUrl(get -> get.queueName("letters")).queueUrl();
    return queues
        .receiveMessage(receive -> receive.queueUrl(url).messageAttributeNames("All"))
        .messages();
  }

  @Test
  void aRegisteredTargetTakesWhatItsRuleMatches() throws Exception {
    deploy(TEMPLATE.replace("STREAM", "orders"));
    put();
    assertThat(KinesisTarget.eventsOf(cloud.endpoint()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.input()).isEqualTo("{\"key\":\"k-1\"}");
              assertThat(event.targetArn())
                  .isEqualTo("arn:aws:kinesis:us-east-1:000000000000:stream/orders");
              assertThat(event.ruleArn()).endsWith(":rule/b/r");
              assertThat(event.target().at("/KinesisParameters/PartitionKeyPath").asText())
                  .isEqualTo("$.detail.key");
            });
    assertThat(letters()).isEmpty();
  }

  @Test
  void whatFailsForNowIsTriedAgain() throws Exception {
    deploy(TEMPLATE.replace("STREAM", "full"));
    put();
    assertThat(KinesisTarget.eventsOf(cloud.endpoint())).hasSize(3);
    assertThat(letters()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"gone,NO_RESOURCE", "broken,INTERNAL_ERROR"})
  void whatFailsForGoodIsADeadLetter(String stream, String code) throws Exception {
    deploy(TEMPLATE.replace("STREAM", stream));
    put();
    assertThat(KinesisTarget.eventsOf(cloud.endpoint())).hasSize(1);
    assertThat(letters())
        .singleElement()
        .satisfies(
            letter ->
                assertThat(
                        requireNonNull(letter.messageAttributes().get("ERROR_CODE")).stringValue())
                    .isEqualTo(code));
  }

  @Test
  void itsActionIsAskedOfTheTargetsRole() throws Exception {
    deploy(TEMPLATE.replace("STREAM", "orders").replace("kinesis:PutRecord", "kinesis:Describe*"));
    put();
    assertThat(KinesisTarget.eventsOf(cloud.endpoint())).isEmpty();
    assertThat(letters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(requireNonNull(letter.messageAttributes().get("ERROR_CODE")).stringValue())
                  .isEqualTo("NO_PERMISSIONS");
              assertThat(
                      requireNonNull(letter.messageAttributes().get("ERROR_MESSAGE")).stringValue())
                  .contains("kinesis:PutRecord", "stream/orders");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"arn:aws:firehose:us-east-1:000000000000:deliverystream/d"})
  void whatNobodyRegisteredIsStillRefused(String arn) {
    events.putRule(put -> put.name("r").eventPattern("{\"source\":[\"s\"]}"));
    assertThatThrownBy(
            () ->
                events.putTargets(
                    put -> put.rule("r").targets(Target.builder().id("1").arn(arn).build())))
        .isInstanceOf(EventBridgeException.class)
        .hasMessageContaining("does not support the target " + arn);
  }

  @Test
  void aSettingThatItDoesNotNameIsRefused() {
    events.putRule(put -> put.name("r").eventPattern("{\"source\":[\"s\"]}"));
    assertThatThrownBy(
            () ->
                events.putTargets(
                    put ->
                        put.rule("r")
                            .targets(
                                Target.builder()
                                    .id("1")
                                    .arn("arn:aws:kinesis:us-east-1:000000000000:stream/orders")
                                    .sqsParameters(sqs -> sqs.messageGroupId("g"))
                                    .build())))
        .hasMessageContaining("does not support SqsParameters");
  }

  @Test
  void aRegisteredTypeIsMadeChangedAndRemoved() throws Exception {
    String name = "lifecycle-" + cloud.endpoint().getPort();
    String template = TEMPLATE.replace("STREAM", name);
    deploy(template);
    deploy(template.replace("\"ShardCount\":1", "\"ShardCount\":2"));
    deploy(
        "{\"Resources\":{\"Bus\":{\"Type\":\"AWS::Events::EventBus\",\"Properties\":{\"Name\":\"b\"}}}}");
    assertThat(KinesisStreamType.DONE.stream().filter(done -> done.contains(name)))
        .containsExactly("make " + name, "update " + name + " 2", "remove " + name);
  }

  @Test
  void aTypeThatNobodyRegisteredIsRefusedByName() {
    assertThatThrownBy(
            () ->
                deploy(
                    "{\"Resources\":{\"D\":{\"Type\":\"AWS::KinesisFirehose::DeliveryStream\",\"Properties\":{}}}}"))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining("AWS::KinesisFirehose::DeliveryStream");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AWS::SQS::Queue | makes AWS::SQS::Queue already",
        "Kinesis | a resource type is like AWS::Kinesis::Stream; got Kinesis",
      })
  void aTypeIsNobodysElseAndHasATypesName(String name, String why) {
    LocalResourceType type =
        new LocalResourceType() {
          @Override
          public String name() {
            return name;
          }

          @Override
          public Provider provider() {
            return (id, _) -> new Provider.Made(id, Map.of());
          }
        };
    assertThatThrownBy(
            () ->
                new Extensions(List.of(), List.of(type))
                    .addTo(Map.of("AWS::SQS::Queue", (id, _) -> new Provider.Made(id, Map.of()))))
        .hasMessageContaining(why);
  }
}

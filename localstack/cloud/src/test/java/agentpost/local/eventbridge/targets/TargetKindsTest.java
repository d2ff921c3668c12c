package agentpost.local.eventbridge.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.eventbridge.RuleTestBed;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that are no API destination: queues, log groups and other buses. */
class TargetKindsTest {
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
  private static final String BUS = "arn:aws:events:us-east-1:000000000000:event-bus/";
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private void bus(String name, String target) {
    line.call("CreateEventBus", "{'Name':'" + name + "'}");
    line.call(
        "PutRule",
        "{'Name':'all','EventBusName':'"
            + name
            + "','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}'}");
    line.call(
        "PutTargets", "{'Rule':'all','EventBusName':'" + name + "','Targets':[" + target + "]}");
  }

  @Test
  void aQueueGetsTheInputAsItsBody() {
    line.target("{'Arn':'" + QUEUE + "','InputPath':'$.detail'}").put("{'a':1}");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.queue()).isEqualTo(QUEUE);
              assertThat(letter.body()).isEqualTo("{\"a\":1}");
              assertThat(letter.attributes()).isEmpty();
            });
  }

  @Test
  void aFifoQueueGetsItInItsGroup() {
    line.target(
            "{'Arn':'"
                + QUEUE
                + ".fifo','SqsParameters':{'MessageGroupId':'g'},'InputPath':'$.detail'}")
        .put("{'a':1}");
    assertThat(line.inGroups).containsExactly("g: {\"a\":1}");
    assertThatThrownBy(() -> line.target("{'Arn':'" + QUEUE + ".fifo'}"))
        .hasMessage("Parameter(s) SqsParameters must be specified for target: 1.");
  }

  @Test
  void aQueueThatDoesNotExistIsADeadLetterAtOnce() {
    line.target("{'Arn':'" + QUEUE + "'}");
    line.queueFailures.add(new TargetServices.Failure("NO_RESOURCE", "gone", false));
    line.put("{}");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.attributes())
                    .containsEntry("ERROR_CODE", "NO_RESOURCE")
                    .containsEntry("TARGET_ARN", QUEUE));
  }

  @Test
  void aQueueWhosePolicyRefusesIsNoPermission() {
    line.refusals.put(QUEUE, "no");
    line.target("{'Arn':'" + QUEUE + "'}").put("{}");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.attributes()).containsEntry("ERROR_CODE", "NO_PERMISSIONS"));
  }

  @Test
  void aDeadLetterQueueWhosePolicyRefusesGetsNothing() {
    line.refusals.put(RuleTestBed.DLQ, "its policy");
    line.endpoint.answers(400);
    line.put("{}");
    assertThat(line.letters).isEmpty();
    assertThat(line.attempts("kind=dropped")).contains("\"reason\":\"its policy\"");
    assertThat(line.events.pendingDeliveries()).isEmpty();
  }

  @Test
  void whatIsForgivenIsTold() {
    line.forgiven.put(RuleTestBed.DLQ, "there is no policy");
    line.endpoint.answers(400);
    line.put("{}");
    assertThat(line.letters).hasSize(1);
    assertThat(line.attempts("kind=dead_letter"))
        .contains("\"aws_would_refuse\":\"there is no policy\"");
  }

  @Test
  void aStrictCloudWantsTheRolesThatAwsWants() {
    line.strict = true;
    assertThatThrownBy(() -> line.target("{'RoleArn':null}"))
        .hasMessage("RoleArn is required for target " + line.destinationArn() + ".");
    assertThatThrownBy(() -> line.target("{'Arn':'" + BUS + "c','RoleArn':null}"))
        .hasMessage("RoleArn is required for target " + BUS + "c.");
    line.target("{'Arn':'" + QUEUE + "','RoleArn':null}");
  }

  @Test
  void aLogGroupGetsALine() {
    line.target("{'Arn':'arn:aws:logs:us-east-1:000000000000:log-group:g','InputPath':'$.detail'}")
        .put("{'a':1}");
    assertThat(line.logged).containsExactly("{\"a\":1}");
  }

  @Test
  void aLogGroupsTemplateMakesATimestampAndAMessage() {
    line.target(
            "{'Arn':'arn:aws:logs:us-east-1:000000000000:log-group:g','InputTransformer':{'InputPathsMap':{'t':'$.time','m':'$.detail.m'},'InputTemplate':'{\\\"timestamp\\\":<t>,\\\"message\\\":<m>}'}}")
        .put("{'m':'hello'}");
    assertThat(line.logged).containsExactly("hello");
    assertThatThrownBy(
            () ->
                line.target(
                    "{'Arn':'arn:aws:logs:us-east-1:000000000000:log-group:g','InputTransformer':{'InputPathsMap':{'m':'$.detail.m'},'InputTemplate':'\\\"<m>\\\"'}}"))
        .hasMessage("Input for target 1 is not a valid JSON text.");
  }

  @Test
  void anotherBusGetsTheSameEvent() {
    bus("c", "{'Id':'1','Arn':'" + QUEUE + "'}");
    String id = line.target("{'Arn':'" + BUS + "c'}").put("{'a':1}");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.body())
                    .contains("\"id\":\"" + id + "\"", "\"source\":\"s\"", "\"detail\":{\"a\":1}"));
  }

  @Test
  void anEventGoesToNoThirdBus() {
    bus("e", "{'Id':'1','Arn':'" + QUEUE + "'}");
    bus(
        "c",
        "{'Id':'1','Arn':'" + BUS + "e','DeadLetterConfig':{'Arn':'" + RuleTestBed.DLQ + "'}}");
    line.target("{'Arn':'" + BUS + "c'}").put("{}");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.queue()).isEqualTo(RuleTestBed.DLQ);
              assertThat(letter.attributes())
                  .containsEntry("ERROR_CODE", "THIRD_ACCOUNT_HOP_DETECTED")
                  .containsEntry("RULE_ARN", "arn:aws:events:us-east-1:000000000000:rule/c/all");
            });
  }

  @Test
  void aBusThatIsGoneIsADeadLetter() {
    line.target("{'Arn':'" + BUS + "gone'}").put("{}");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter -> assertThat(letter.attributes()).containsEntry("ERROR_CODE", "NO_RESOURCE"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'Arn':'arn:aws:kinesis:us-east-1:000000000000:stream/s'}|The local cloud does not support"
            + " the target arn:aws:kinesis:us-east-1:000000000000:stream/s.",
        "{'Arn':'queue'}|Parameter queue is not valid. Reason: Provided Arn is not in correct"
            + " format.",
        "{'KinesisParameters':{'PartitionKeyPath':'$.id'}}|The local cloud does not support"
            + " KinesisParameters of the target ",
        "{'RunCommandParameters':{}}|The local cloud does not support RunCommandParameters of the"
            + " target ",
        "{'EcsParameters':{}}|The local cloud does not support EcsParameters of the target ",
        "{'BatchParameters':{}}|The local cloud does not support BatchParameters of the target ",
        "{'RedshiftDataParameters':{}}|The local cloud does not support RedshiftDataParameters of"
            + " the target ",
        "{'SageMakerPipelineParameters':{}}|The local cloud does not support"
            + " SageMakerPipelineParameters of the target ",
        "{'AppSyncParameters':{}}|The local cloud does not support AppSyncParameters of the target"
            + " ",
        "{'Arn':'arn:aws:sqs:us-east-1:000000000000:q','HttpParameters':{}}|The local cloud does"
            + " not support HttpParameters of the target ",
        "{'Arn':'arn:aws:sqs:us-east-1:000000000000:q','SqsParameters':{'MessageGroupId':'g'}}|The"
            + " local cloud does not support SqsParameters of a target that is no FIFO queue.",
        "{'Arn':'arn:aws:events:us-east-1:000000000000:event-bus/c','InputPath':'$.detail'}|The"
            + " local cloud does not support InputPath of a target that is an event bus.",
        "{'Input':'1','InputPath':'$'}|Only one of Input, InputPath, or InputTransformer must be"
            + " provided for target 1.",
        "{'DeadLetterConfig':{'Arn':'arn:aws:sqs:us-east-1:000000000000:d.fifo'}}|A dead-letter"
            + " queue must be a standard queue of SQS",
      })
  void whatCannotBeHonouredIsRefusedByName(String target, String message) {
    assertThatThrownBy(() -> line.target(target)).hasMessageStartingWith(message);
  }

  /**
   * There is one region and one account here; by its last part alone, another's would be this
   * one's.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:sqs:eu-west-1:000000000000:q",
        "arn:aws:sqs:us-east-1:123456789012:q",
        "arn:aws:logs:eu-west-1:000000000000:log-group:g",
        "arn:aws:lambda:eu-west-1:000000000000:function:f",
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        "arn:aws:events:eu-west-1:000000000000:event-bus/b",
        "arn:aws:events:us-east-1:123456789012:event-bus/b"
      })
  void aTargetOfAnotherRegionOrAccountIsRefusedByName(String arn) {
    assertThatThrownBy(() -> line.target("{'Arn':'" + arn + "'}"))
        .hasMessage("The local cloud does not support the target " + arn + ".");
    if (arn.startsWith("arn:aws:sqs:")) {
      assertThatThrownBy(() -> line.target("{'DeadLetterConfig':{'Arn':'" + arn + "'}}"))
          .hasMessageEndingWith("in us-east-1 and account 000000000000; got " + arn + ".");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:events:eu-west-1:000000000000:event-bus/b",
        "arn:aws:events:us-east-1:123456789012:event-bus/b"
      })
  void aBusOfAnotherRegionOrAccountIsNotThisOne(String arn) {
    assertThatThrownBy(() -> line.call("ListRules", "{'EventBusName':'" + arn + "'}"))
        .hasMessage("Event bus " + arn + " does not exist.");
    assertThatThrownBy(
            () -> line.call("CreateArchive", "{'ArchiveName':'x','EventSourceArn':'" + arn + "'}"))
        .hasMessageContaining("does not exist");
    line.call(
        "PutEvents",
        "{'Entries':[{'EventBusName':'" + arn + "','Source':'s','DetailType':'t','Detail':'{}'}]}");
    line.timeline.settle();
    assertThat(line.endpoint.received()).isEmpty();
  }
}

package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.event.ruler.Ruler;

/** The account's own alerts, of the examples and of a catalog at a stage. */
@SuppressWarnings("NullAway.Init") // set before all tests
class AlertsTest {
  private static Synthesized examples;
  private static Synthesized mixed;
  private static Template alerts;

  @BeforeAll
  static void synthesize(@TempDir Path one, @TempDir Path other) {
    examples = Synthesized.of(one, Synthesized.EXAMPLES, Map.of());
    mixed = Synthesized.of(other, Synthesized.MIXED, Map.of("stage", "try7"));
    alerts = mixed.alerts().template();
  }

  private static Resource queue(String name) {
    return alerts.all("AWS::SQS::Queue").stream()
        .filter(queue -> queue.text("/QueueName").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String pattern(Template template, String rule) {
    return template.all("AWS::Events::Rule").stream()
        .filter(one -> one.text("/Name").equals(rule))
        .findFirst()
        .orElseThrow()
        .at("/EventPattern")
        .toString();
  }

  @Test
  void rulesOnTheDefaultBusFillAQueueAndWhatDoesNotGetThereIsADeadLetter() {
    assertThat(alerts.all("AWS::Events::Rule"))
        .hasSize(2)
        .allSatisfy(
            rule -> {
              assertTrue(rule.at("/EventBusName").isMissingNode());
              assertEquals(queue("agentpost-try7-alerts").arn(), rule.text("/Targets/0/Arn"));
              assertEquals(
                  queue("agentpost-try7-alerts-dlq").arn(),
                  rule.text("/Targets/0/DeadLetterConfig/Arn"));
              assertTrue(rule.at("/Targets/0/InputPath").isMissingNode());
              assertThat(rule.dependsOn()).anyMatch(id -> id.contains("QueuePolicy"));
            });
  }

  @Test
  void onlyTheseRulesMaySendToTheQueues() {
    assertThat(alerts.all("AWS::SQS::QueuePolicy"))
        .hasSize(2)
        .allSatisfy(
            policy -> {
              List<JsonNode> allowed =
                  policy
                      .at("/PolicyDocument/Statement")
                      .valueStream()
                      .filter(one -> one.path("Effect").asText().equals("Allow"))
                      .toList();
              assertThat(allowed).hasSize(1);
              assertEquals("sqs:SendMessage", allowed.getFirst().path("Action").asText());
              assertThat(alerts.texts(allowed.getFirst().at("/Condition/ArnEquals/aws:SourceArn")))
                  .containsExactly(
                      "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/agentpost-try7-alerts-cloudwatch",
                      "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/agentpost-try7-alerts-guardduty");
            });
  }

  @Test
  void theFunctionReadsItsQueueAndPublishesAsItselfOnly() {
    assertThat(
            alerts.rights(alerts.only("AWS::IAM::Role")).stream()
                .map(
                    right ->
                        String.join(",", Template.strings(right.path("Action")))
                            + " "
                            + String.join(",", alerts.texts(right.path("Resource")))
                            + " "
                            + right.path("Condition"))
                .filter(right -> !right.startsWith("logs:") && !right.startsWith("xray:")))
        .containsExactlyInAnyOrder(
            "sqs:ReceiveMessage,sqs:DeleteMessage,sqs:GetQueueAttributes "
                + queue("agentpost-try7-alerts").arn()
                + " ",
            "events:PutEvents "
                + mixed.root().only("AWS::Events::EventBus").arn()
                + " {\"ForAllValues:StringEquals\":{\"events:source\":[\"alerts\"]}}");
    assertEquals(
        "[\"ReportBatchItemFailures\"]",
        alerts.only("AWS::Lambda::EventSourceMapping").at("/FunctionResponseTypes").toString());
    assertEquals(200, queue("agentpost-try7-alerts").at("/RedrivePolicy/maxReceiveCount").asInt());
  }

  @ParameterizedTest
  @CsvSource({
    "aws.cloudwatch, CloudWatch Alarm State Change, ALARM, disk-full, true",
    "aws.cloudwatch, CloudWatch Alarm State Change, OK, disk-full, true",
    "aws.cloudwatch, CloudWatch Alarm State Change, INSUFFICIENT_DATA, disk-full, false",
    "mine, CloudWatch Alarm State Change, ALARM, disk-full, false",
    "aws.cloudwatch, CloudWatch Alarm Configuration Change, ALARM, disk-full, false",
    "aws.cloudwatch, CloudWatch Alarm State Change, ALARM,"
        + " agentpost-welcome-agent-dlq-not-draining, false",
    "aws.cloudwatch, CloudWatch Alarm State Change, ALARM, agentpost-alerts-delayed, false",
    "aws.cloudwatch, CloudWatch Alarm State Change, ALARM, agentpostal-service-down, true",
    "aws.cloudwatch, CloudWatch Alarm State Change, ALARM,"
        + " agentpost-alert-aggregator-dlq-not-draining, false",
    "aws.cloudwatch, CloudWatch Alarm State Change, ALARM, agentpost-alert-aggregator-circuit-open,"
        + " false",
  })
  void alarmsOfTheWholeAccountComeButOurOwn(
      String source, String type, String state, String name, boolean comes) throws Exception {
    String event =
        "{\"source\":\"%s\",\"detail-type\":\"%s\",\"detail\":{\"alarmName\":\"%s\",\"state\":{\"value\":\"%s\"}}}"
            .formatted(source, type, name, state);
    assertEquals(
        comes,
        Ruler.matchesRule(
            event, pattern(examples.alerts().template(), "agentpost-alerts-cloudwatch")));
  }

  @Test
  void findingsComeWhateverTheySay() throws Exception {
    String pattern = pattern(examples.alerts().template(), "agentpost-alerts-guardduty");
    assertTrue(
        Ruler.matchesRule(
            "{\"source\":\"aws.guardduty\",\"detail-type\":\"GuardDuty Finding\",\"detail\":{}}",
            pattern));
    assertFalse(
        Ruler.matchesRule(
            "{\"source\":\"aws.inspector\",\"detail-type\":\"GuardDuty Finding\",\"detail\":{}}",
            pattern));
  }

  @Test
  void somebodyHearsOfWhatIsStuckAndOfWhatIsLate() {
    assertThat(alerts.all("AWS::CloudWatch::Alarm"))
        .extracting(
            alarm ->
                alarm.text("/AlarmName")
                    + " "
                    + alarm.text("/MetricName")
                    + " "
                    + alarm.text("/Dimensions/0/Value")
                    + " "
                    + alarm.text("/Threshold"))
        .containsExactlyInAnyOrder(
            "agentpost-try7-alerts-dlq-not-empty ApproximateNumberOfMessagesVisible"
                + " agentpost-try7-alerts-dlq 1",
            "agentpost-try7-alerts-delayed ApproximateAgeOfOldestMessage agentpost-try7-alerts"
                + " 900");
    String topic = mixed.root().only("AWS::SNS::Topic").ref();
    assertThat(alerts.all("AWS::CloudWatch::Alarm"))
        .allSatisfy(alarm -> assertEquals(topic, alarm.text("/AlarmActions/0")));
  }

  @Test
  void theCatalogSaysWhichComeAndWithoutAnyNothingOfItIsThere(
      @TempDir Path one, @TempDir Path other) {
    Synthesized findings =
        Synthesized.of(
            one, Synthesized.MIXED.replace("[cloudwatch, guardduty]", "[guardduty]"), Map.of());
    assertEquals(
        "agentpost-alerts-guardduty",
        findings.alerts().template().only("AWS::Events::Rule").text("/Name"));
    Synthesized none =
        Synthesized.of(other, Synthesized.MIXED.replaceFirst("alerts: .*\n", ""), Map.of());
    assertThat(none.templates().flatMap(template -> Stream.of(template.json().toString())))
        .noneMatch(json -> json.contains("agentpost-alerts"));
  }
}

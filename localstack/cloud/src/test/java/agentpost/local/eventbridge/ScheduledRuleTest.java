package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules that run by the clock, on the timeline. */
class ScheduledRuleTest {
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private void rule(String expression) {
    line.call("PutRule", "{'Name':'s','ScheduleExpression':'" + expression + "'}");
    line.call(
        "PutTargets",
        "{'Rule':'s','Targets':[{'Id':'1','Arn':'arn:aws:logs:us-east-1:000000000000:log-group:g'}]}");
  }

  @Test
  void aScheduledEventIsOfAwssForm() {
    rule("rate(1 minute)");
    line.pass(Duration.ofSeconds(60));
    assertThat(line.logged)
        .singleElement()
        .asString()
        .matches(
            "\\{\"version\":\"0\",\"id\":\"[0-9a-f-]{36}\",\"detail-type\":\"Scheduled"
                + " Event\",\"source\":\"aws.events\",\"account\":\"000000000000\",\"time\":\"2026-03-31T10:31:00Z\","
                + "\"region\":\"us-east-1\",\"resources\":\\[\"arn:aws:events:us-east-1:000000000000:rule/s\"],\"detail\":\\{}}");
  }

  @Test
  void aRateRunsAgainAfterEveryPeriod() {
    rule("rate(5 minutes)");
    line.pass(Duration.ofMinutes(4).plusSeconds(59));
    assertThat(line.logged).isEmpty();
    line.pass(Duration.ofMinutes(10));
    assertThat(line.logged).hasSize(2);
  }

  @Test
  void aCronRunsAtItsTimes() {
    rule("cron(0 11 * * ? *)");
    line.pass(Duration.ofDays(2));
    assertThat(line.logged)
        .hasSize(2)
        .first()
        .asString()
        .contains("\"time\":\"2026-03-31T11:00:00Z\"");
  }

  @Test
  void aDisabledOrDeletedRuleRunsNoMoreAndAnEnabledOneBeginsAnew() {
    rule("rate(1 minute)");
    line.call("DisableRule", "{'Name':'s'}");
    line.pass(Duration.ofMinutes(5));
    assertThat(line.logged).isEmpty();
    line.call("EnableRule", "{'Name':'s'}");
    line.pass(Duration.ofMinutes(1));
    assertThat(line.logged).hasSize(1);
    line.call("RemoveTargets", "{'Rule':'s','Ids':['1']}");
    line.call("DeleteRule", "{'Name':'s'}");
    line.pass(Duration.ofMinutes(5));
    assertThat(line.logged).hasSize(1);
  }

  @Test
  void anotherExpressionTakesThePlaceOfTheFirst() {
    rule("rate(1 minute)");
    rule("rate(1 hour)");
    line.pass(Duration.ofMinutes(59));
    assertThat(line.logged).isEmpty();
    line.pass(Duration.ofMinutes(1));
    assertThat(line.logged).hasSize(1);
  }

  @Test
  void aRuleOfAnotherBusWithItsNameDoesNotStopIt() {
    rule("rate(1 minute)");
    line.call(
        "PutRule", "{'Name':'s','EventBusName':'b','EventPattern':'{\\\"source\\\":[\\\"x\\\"]}'}");
    line.call("DeleteRule", "{'Name':'s','EventBusName':'b'}");
    line.pass(Duration.ofMinutes(1));
    assertThat(line.logged).hasSize(1);
  }

  @Test
  void schedulesAreOfTheDefaultBusOnly() {
    assertThatThrownBy(
            () ->
                line.call(
                    "PutRule",
                    "{'Name':'s','EventBusName':'b','ScheduleExpression':'rate(1 minute)'}"))
        .hasMessage("ScheduleExpression is supported only on the default event bus.");
    line.call(
        "PutRule",
        "{'Name':'s','EventBusName':'arn:aws:events:us-east-1:000000000000:event-bus/default','ScheduleExpression':'rate(1"
            + " minute)'}");
    assertThat(line.call("DescribeRule", "{'Name':'s'}").path("ScheduleExpression").asText())
        .isEqualTo("rate(1 minute)");
  }
}

package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events of AWS's services on the default bus. */
class AwsServiceEventsTest {
  private static final String ALARM =
      "{'id':'a-1','source':'aws.cloudwatch','detail-type':'CloudWatch Alarm State"
          + " Change','time':'2026-03-31T10:29:00Z','detail':{'alarmName':'disk'}}";
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
    line.call(
        "PutRule", "{'Name':'alarms','EventPattern':'{\\\"source\\\":[\\\"aws.cloudwatch\\\"]}'}");
    line.call(
        "PutTargets",
        "{'Rule':'alarms','Targets':[{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:alerts'}]}");
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private String put(String event) {
    String id = line.events.putAsAws(RuleTestBed.json(event));
    line.timeline.settle();
    return id;
  }

  @Test
  void aRuleOnTheDefaultBusGetsThemAsTheyAre() {
    assertThat(put(ALARM)).isEqualTo("a-1");
    assertThat(line.letters).hasSize(1);
    assertThat(line.letters.getFirst().queue()).endsWith(":alerts");
    assertThat(line.letters.getFirst().body())
        .isEqualTo(
            "{\"version\":\"0\",\"id\":\"a-1\",\"detail-type\":\"CloudWatch Alarm State"
                + " Change\",\"source\":\"aws.cloudwatch\",\"account\":\"000000000000\","
                + "\"time\":\"2026-03-31T10:29:00Z\",\"region\":\"us-east-1\",\"resources\":[],\"detail\":{\"alarmName\":\"disk\"}}");
  }

  @Test
  void whatIsMissingIsMadeUp() throws IOException {
    ObjectNode bare = RuleTestBed.json(ALARM).without(List.of("id", "time"));
    String id = line.events.putAsAws(bare);
    line.timeline.settle();
    JsonNode event = RuleTestBed.JSON.readTree(line.letters.getFirst().body());
    assertThat(event.path("id").asText()).isEqualTo(id).hasSize(36);
    assertThat(event.path("time").asText()).isEqualTo("2026-03-31T10:30:00Z");
  }

  /** As AWS answers: recorded in aws-samples/serverless-patterns pull request 3089. */
  @Test
  void putEventsTakesNoSourceOfAws() {
    JsonNode answer =
        line.call(
            "PutEvents",
            "{'Entries':[{'Source':'aws.cloudwatch','DetailType':'t','Detail':'{}'},{'Source':'awsome','DetailType':'t','Detail':'{}'}]}");
    assertThat(answer.path("FailedEntryCount").asInt()).isEqualTo(1);
    assertThat(answer.path("Entries").path(0).toString())
        .isEqualTo(
            "{\"ErrorCode\":\"NotAuthorizedForSourceException\",\"ErrorMessage\":\"Not authorized"
                + " for the source.\"}");
    assertThat(answer.path("Entries").path(1).has("EventId")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'source':'aws.cloudwatch'|'source':'mine'|source must be one of AWS's services",
        "'detail-type':'CloudWatch Alarm State Change',||detail-type must be a text",
        "{'alarmName':'disk'}|'disk'|detail an object",
        "2026-03-31T10:29:00Z|yesterday|time must be",
      })
  void whatIsNoSuchEventIsRefused(String part, String other, String why) {
    String event = ALARM.replace(part, other == null ? "" : other);
    assertThatThrownBy(() -> put(event)).isInstanceOf(AwsException.class).hasMessageContaining(why);
    assertThat(line.letters).isEmpty();
  }
}

package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.eventbridge.delivery.DeliveryListener;
import agentpost.local.testing.Endpoint;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplaysTest {
  private static final String BUS = "arn:aws:events:us-east-1:000000000000:event-bus/b";
  private RuleTestBed line;

  @BeforeEach
  void archive() throws IOException {
    line = new RuleTestBed();
    line.call(
        "CreateArchive", "{'ArchiveName':'a','EventSourceArn':'" + BUS + "','RetentionDays':30}");
  }

  @AfterEach
  void close() throws IOException {
    line.close();
  }

  private void put(String id, Instant time) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input
        .putArray("Entries")
        .addObject()
        .put("EventBusName", "b")
        .put("Source", "s")
        .put("DetailType", "t")
        .put("Detail", "{\"event_id\":\"" + id + "\"}")
        .put("Time", time.toEpochMilli() / 1000.0);
    line.events.service().call("PutEvents", input);
    line.timeline.settle();
  }

  private JsonNode start(String name, Instant from, Instant to) {
    return line.call(
        "StartReplay",
        "{'ReplayName':'"
            + name
            + "','EventSourceArn':'arn:aws:events:us-east-1:000000000000:archive/a','EventStartTime':"
            + from.getEpochSecond()
            + ",'EventEndTime':"
            + to.getEpochSecond()
            + ",'Destination':{'Arn':'"
            + BUS
            + "'}}");
  }

  private JsonNode describe(String name) {
    return line.call("DescribeReplay", "{'ReplayName':'" + name + "'}");
  }

  private List<String> replayed() {
    return line.endpoint.received().stream()
        .map(Endpoint.Received::text)
        .filter(text -> text.contains("\"replay-name\""))
        .map(text -> text.replaceFirst("(?s).*\"event_id\":\"(.*?)\".*", "$1"))
        .toList();
  }

  @Test
  void whatHappenedInThatTimeIsReplayedMinuteByMinuteWheneverItCame() {
    Instant day = Instant.parse("2026-01-01T00:00:00Z");
    put("late", day.plusSeconds(130));
    put("before", day.minusSeconds(1));
    put("first", day);
    put("after", day.plusSeconds(180));
    start("r", day, day.plusSeconds(180));
    assertThat(describe("r").path("State").asText()).isEqualTo("STARTING");
    assertThat(describe("r").has("EventLastReplayedTime")).isFalse();
    line.timeline.settle();
    assertThat(replayed()).containsExactly("first", "late");
    assertThat(describe("r").path("State").asText()).isEqualTo("COMPLETED");
    assertThat(describe("r").path("EventLastReplayedTime").asLong())
        .isEqualTo(day.plusSeconds(130).getEpochSecond());
    assertThat(describe("r").has("ReplayEndTime")).isTrue();
  }

  /** So that a rule which is made for a replay delivers nothing that is new. */
  @Test
  void aPatternMayNameTheReplay() {
    line.call(
        "PutRule",
        "{'Name':'r','EventBusName':'b','EventPattern':'{\\\"detail-type\\\":[\\\"t\\\"],\\\"replay-name\\\":[\\\"mine\\\"]}'}");
    put("one", RuleTestBed.START);
    assertThat(line.endpoint.received()).isEmpty();
    start("other", RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    line.timeline.settle();
    assertThat(replayed()).isEmpty();
    start("mine", RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    line.timeline.settle();
    assertThat(replayed()).containsExactly("one");
  }

  @Test
  void whatTheArchiveNoLongerKeepsIsNotReplayed() {
    put("old", RuleTestBed.START);
    line.pass(Duration.ofDays(30).plusSeconds(1));
    start("r", RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    line.timeline.settle();
    assertThat(replayed()).isEmpty();
  }

  @Test
  void aReplayThatIsCancelledGoesNoFurther() {
    put("one", RuleTestBed.START);
    start("r", RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    assertThat(line.call("CancelReplay", "{'ReplayName':'r'}").path("State").asText())
        .isEqualTo("CANCELLING");
    line.timeline.settle();
    assertThat(describe("r").path("State").asText()).isEqualTo("CANCELLED");
    assertThat(replayed()).isEmpty();
    assertThatThrownBy(() -> line.call("CancelReplay", "{'ReplayName':'r'}"))
        .isInstanceOf(AwsException.class)
        .extracting("code")
        .isEqualTo("IllegalStatusException");
  }

  @Test
  void aReplayWhoseArchiveGoesFailsAndSaysWhy() {
    put("one", RuleTestBed.START);
    start("r", RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    line.call("DeleteArchive", "{'ArchiveName':'a'}");
    line.timeline.settle();
    assertThat(describe("r").path("State").asText()).isEqualTo("FAILED");
    assertThat(describe("r").path("StateReason").asText())
        .isEqualTo("The archive or its event bus was deleted.");
  }

  @Test
  void tenRunAtATimeAndNoMore() {
    for (int i = 0; i < 10; i++) {
      start("r" + i, RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    }
    assertThatThrownBy(() -> start("r10", RuleTestBed.START, RuleTestBed.START.plusSeconds(1)))
        .extracting("code")
        .isEqualTo("LimitExceededException");
    line.timeline.settle();
    start("r10", RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    assertThat(
            line.call("ListReplays", "{'State':'STARTING'}")
                .path("Replays")
                .findValuesAsText("ReplayName"))
        .containsExactly("r10");
    assertThat(
            line.call("ListReplays", "{'NamePrefix':'r1'}")
                .path("Replays")
                .findValuesAsText("ReplayName"))
        .containsExactly("r1", "r10");
  }

  @Test
  void whatCannotBeReplayedIsRefused() {
    start("r", RuleTestBed.START, RuleTestBed.START.plusSeconds(1));
    assertThatThrownBy(() -> start("r", RuleTestBed.START, RuleTestBed.START.plusSeconds(1)))
        .extracting("code")
        .isEqualTo("ResourceAlreadyExistsException");
    assertThatThrownBy(() -> start("s", RuleTestBed.START, RuleTestBed.START))
        .hasMessageContaining("EventEndTime");
    assertThatThrownBy(() -> start("no name", RuleTestBed.START, RuleTestBed.START.plusSeconds(1)))
        .hasMessageContaining("replayName");
    assertThatThrownBy(() -> describe("none"))
        .extracting("code")
        .isEqualTo("ResourceNotFoundException");
  }

  /**
   * So that the last time replayed says what was delivered, also of a replay that was cancelled.
   */
  @Test
  void aMinutesEventsAreReplayedInTheOrderOfTheirTimes() {
    Instant day = Instant.parse("2026-01-01T00:00:00Z");
    put("third", day.plusSeconds(50));
    put("first", day.plusSeconds(10));
    put("second", day.plusSeconds(30));
    start("r", day, day.plusSeconds(60));
    line.timeline.settle();
    assertThat(replayed()).containsExactly("first", "second", "third");
    assertThat(describe("r").path("EventLastReplayedTime").asLong())
        .isEqualTo(day.plusSeconds(50).getEpochSecond());
  }

  @Test
  void aReplayThatIsCancelledHasDeliveredWhatCameBeforeAndNothingAfter() {
    Instant day = Instant.parse("2026-01-01T00:00:00Z");
    for (int minute = 0; minute < 4; minute++) {
      put("m" + minute, day.plusSeconds(60L * minute));
    }
    line.events.listen(
        happening -> {
          if (happening instanceof DeliveryListener.DeliveryEvent.AttemptMade made
              && made.eventId().equals("m1")) {
            line.call("CancelReplay", "{'ReplayName':'r'}");
          }
        });
    start("r", day, day.plusSeconds(600));
    line.timeline.settle();
    assertThat(describe("r").path("State").asText()).isEqualTo("CANCELLED");
    assertThat(replayed()).containsExactly("m0", "m1");
    assertThat(describe("r").path("EventLastReplayedTime").asLong())
        .isEqualTo(day.plusSeconds(60).getEpochSecond());
  }
}

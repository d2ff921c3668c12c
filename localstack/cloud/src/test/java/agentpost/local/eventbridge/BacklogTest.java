package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Events that come faster than they can be delivered. Nothing is delivered here until the timeline
 * settles.
 */
class BacklogTest {
  private static final int MAX_IN_FLIGHT = 4000;

  /** One target may have as many deliveries in flight as are left for others. */
  private static final int FOR_ONE = MAX_IN_FLIGHT / 2;

  private static final int ENTRIES = 10;
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed(1, MAX_IN_FLIGHT);
    line.call(
        "CreateArchive",
        "{'ArchiveName':'a','EventSourceArn':'arn:aws:events:us-east-1:000000000000:event-bus/b'}");
    line.target(
        "{'Arn':'arn:aws:logs:us-east-1:000000000000:log-group:slow','InputPath':'$.detail.n'}");
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private JsonNode put(String bus, int from) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    ArrayNode entries = input.putArray("Entries");
    IntStream.range(from, from + ENTRIES)
        .forEach(
            n ->
                entries
                    .addObject()
                    .put("EventBusName", bus)
                    .put("Source", "s")
                    .put("DetailType", "t")
                    .put("Detail", "{\"n\":" + n + "}"));
    return line.events.service().call("PutEvents", input);
  }

  private void fill() {
    for (int n = 0; n < FOR_ONE; n += ENTRIES) {
      assertThat(put("b", n).path("FailedEntryCount").asInt()).isZero();
    }
  }

  /** As AWS answers: under HTTP 200, each entry for itself; a client puts it again. */
  @Test
  void beyondWhatItHoldsEachEntryIsThrottledAndNothingThatWasAcceptedIsLost() {
    fill();
    JsonNode answer = put("b", FOR_ONE);
    assertThat(answer.path("FailedEntryCount").asInt()).isEqualTo(ENTRIES);
    assertThat(answer.path("Entries"))
        .allMatch(
            entry ->
                entry
                    .toString()
                    .equals(
                        "{\"ErrorCode\":\"ThrottlingException\",\"ErrorMessage\":\"Rate"
                            + " exceeded\"}"));
    assertThat(line.events.inFlightCount()).isEqualTo(FOR_ONE);
    line.timeline.settle();
    assertThat(line.logged)
        .isEqualTo(IntStream.range(0, FOR_ONE).mapToObj(Integer::toString).toList());
    assertThat(line.events.inFlightCount()).isZero();
    assertThat(put("b", FOR_ONE).path("FailedEntryCount").asInt()).isZero();
    assertThat(line.call("DescribeArchive", "{'ArchiveName':'a'}").path("EventCount").asInt())
        .as("what was throttled is not archived")
        .isEqualTo(FOR_ONE + ENTRIES);
  }

  @Test
  void aTargetWhoseEventsWaitKeepsNoOtherFromItsOwn() {
    line.call("CreateEventBus", "{'Name':'other'}");
    line.call(
        "PutRule",
        "{'Name':'q','EventBusName':'other','EventPattern':'{\\\"detail-type\\\":[\\\"t\\\"]}'}");
    line.call(
        "PutTargets",
        "{'Rule':'q','EventBusName':'other','Targets':[{'Id':'1','Arn':'arn:aws:logs:us-east-1:000000000000:log-group:quick'}]}");
    fill();
    assertThat(put("b", 0).path("FailedEntryCount").asInt()).isEqualTo(ENTRIES);
    assertThat(put("other", 0).path("FailedEntryCount").asInt()).isZero();
  }

  @Test
  void whatNobodySubscribesToNeedsNoRoom() {
    line.call("CreateEventBus", "{'Name':'empty'}");
    fill();
    assertThat(put("empty", 0).path("FailedEntryCount").asInt()).isZero();
  }

  /**
   * A replay of more than there is room for goes on as there is room, and what is new comes through
   * meanwhile.
   */
  @Test
  void aReplayWaitsForRoom() {
    for (int n = 0; n < 1500; n += ENTRIES) {
      put("b", n);
    }
    line.timeline.settle();
    line.logged.clear();
    long from = RuleTestBed.START.getEpochSecond();
    line.call(
        "StartReplay",
        "{'ReplayName':'r','EventSourceArn':'arn:aws:events:us-east-1:000000000000:archive/a','EventStartTime':"
            + from
            + ",'EventEndTime':"
            + (from + 60)
            + ",'Destination':{'Arn':'arn:aws:events:us-east-1:000000000000:event-bus/b'}}");
    for (int n = 1500; n < 1000 + FOR_ONE; n += ENTRIES) {
      assertThat(put("b", n).path("FailedEntryCount").asInt()).isZero();
    }
    line.timeline.settle();
    assertThat(line.call("DescribeReplay", "{'ReplayName':'r'}").path("State").asText())
        .isEqualTo("COMPLETED");
    List<String> expected =
        new ArrayList<>(IntStream.range(0, 1000 + FOR_ONE).mapToObj(Integer::toString).toList());
    assertThat(line.logged).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void anEventOfAwssOwnIsThrottledToo() {
    line.call("PutRule", "{'Name':'d','EventPattern':'{\\\"source\\\":[\\\"aws.x\\\"]}'}");
    line.call(
        "PutTargets",
        "{'Rule':'d','Targets':[{'Id':'1','Arn':'arn:aws:logs:us-east-1:000000000000:log-group:slow'}]}");
    fill();
    assertThatThrownBy(
            () ->
                line.events.putAsAws(
                    RuleTestBed.json("{'source':'aws.x','detail-type':'t','detail':{}}")))
        .isInstanceOf(AwsException.class)
        .extracting("code")
        .isEqualTo("ThrottlingException");
  }
}

package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.ReplayState;
import software.amazon.awssdk.services.eventbridge.model.StartReplayRequest;

/** Archives, and what replays of them bring back. */
interface ReplayScenarios extends Scenario {
  /** An archive of one event, and the request for a replay of it. */
  private static StartReplayRequest archived(BusTestBed line, String replay) {
    String archive =
        line.events
            .createArchive(create -> create.archiveName(line.bus()).eventSourceArn(line.busArn()))
            .archiveArn();
    Instant before = line.now().minus(Duration.ofMinutes(5));
    line.put("{\"a\":1}");
    Scenario.eventually(
        () ->
            line.events.describeArchive(describe -> describe.archiveName(line.bus())).eventCount()
                == 1);
    return StartReplayRequest.builder()
        .replayName(replay)
        .eventSourceArn(archive)
        .eventStartTime(before)
        .eventEndTime(line.now().plus(Duration.ofMinutes(5)))
        .destination(to -> to.arn(line.busArn()))
        .build();
  }

  private static void replay(BusTestBed line, StartReplayRequest request) {
    line.events.startReplay(request);
    Scenario.eventually(
        () ->
            line.events
                    .describeReplay(describe -> describe.replayName(request.replayName()))
                    .state()
                == ReplayState.COMPLETED);
  }

  private void fails(StartReplayRequest request, BusTestBed line, String queue) {
    EventBridgeClient once =
        cloud()
            .bare()
            .create(
                EventBridgeClient.builder()
                    .overrideConfiguration(
                        set -> set.retryStrategy(AwsRetryStrategy.doNotRetry())));
    assertThatThrownBy(() -> once.startReplay(request))
        .isInstanceOfSatisfying(
            EventBridgeException.class, failure -> assertThat(failure.statusCode()).isEqualTo(500));
    Scenario.never(
        () ->
            line.messages(queue).stream()
                .anyMatch(message -> message.body().contains("replay-name")));
  }

  private static List<String> bodies(BusTestBed line, String queue, int count) {
    List<String> bodies = new ArrayList<>();
    Scenario.eventually(
        () -> {
          line.messages(queue).forEach(message -> bodies.add(message.body()));
          return bodies.size() >= count;
        });
    return bodies;
  }

  @Test
  @Hits(Gap.NO_REPLAYS)
  default void whatIsReplayedIsTheSameEventAndSaysWhichReplayItIsOf() throws Exception {
    BusTestBed line = new BusTestBed(this, "replay");
    String queue = line.queue("all");
    line.rule("all", queue, target -> target);
    StartReplayRequest request = archived(line, unique("the-replay"));
    expect(
        Gap.NO_REPLAYS,
        () -> {
          replay(line, request);
          List<String> bodies = bodies(line, queue, 2);
          assertThat(bodies).hasSize(2);
          assertThat(bodies)
              .filteredOn(body -> body.contains("\"replay-name\":\"" + request.replayName() + "\""))
              .singleElement()
              .asString()
              .contains("\"detail\":{\"a\":1}");
        },
        () -> fails(request, line, queue));
  }

  @Test
  @Hits(Gap.NO_REPLAYS)
  default void aReplayGoesToTheRulesItNames() throws Exception {
    BusTestBed line = new BusTestBed(this, "filter");
    String named = line.queue("named");
    String others = line.queue("others");
    String rule = line.rule("named", named, target -> target);
    line.rule("others", others, target -> target);
    StartReplayRequest all = archived(line, unique("filtered"));
    StartReplayRequest request =
        all.toBuilder().destination(to -> to.arn(line.busArn()).filterArns(rule)).build();
    expect(
        Gap.NO_REPLAYS,
        () -> {
          replay(line, request);
          assertThat(bodies(line, named, 2)).hasSize(2);
          assertThat(bodies(line, others, 1)).hasSize(1);
          Scenario.never(() -> !line.messages(others).isEmpty());
        },
        () -> fails(request, line, named));
  }
}

package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent.AttemptMade;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;

/**
 * Moving the clock runs what falls due on the way, each at its own time, and what that leads to
 * among the rest.
 */
@AgentpostTest(cdkOut = AdvanceIT.CDK_OUT, timeScale = 1)
class AdvanceIT {
  static final String CDK_OUT = "target/advanced-clouds";
  private static final String TRIAL =
      "{\"user_id\":\"usr-1\",\"plan\":\"premium_trial\",\"ends_at\":\"2026-04-14T10:30:00Z\"}";
  private static final String ROLE = "arn:aws:iam::000000000000:role/r";
  private static final String BUS = "arn:aws:events:us-east-1:000000000000:event-bus/agentpost";

  @BeforeAll
  static void synthesize() throws IOException {
    Templates.write(
        Files.createDirectories(Path.of(CDK_OUT)),
        "agentpost",
        new AgentpostTemplate().log().toString());
  }

  private static List<String> told(TestCloud cloud) {
    return cloud.happenings().stream().flatMap(happening -> told(happening).stream()).toList();
  }

  private static List<String> told(DeliveryEvent happening) {
    return switch (happening) {
      case AttemptMade made when !made.rule().equals("agentpost-log") ->
          List.of(made.rule().replaceFirst("^agentpost-", "") + " " + made.status().orElse(0));
      case DeliveryEvent.EventAccepted accepted when accepted.source().equals("clock") ->
          List.of(accepted.detailType());
      case DeliveryEvent.DeadLettered letter -> List.of(letter.rule() + " gave up");
      default -> List.of();
    };
  }

  private static void schedule(
      SchedulerClient schedules, String name, String expression, String type) {
    schedules.createSchedule(
        create ->
            create
                .name(name)
                .scheduleExpression(expression)
                .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                .target(
                    target ->
                        target
                            .arn(BUS)
                            .roleArn(ROLE)
                            .input("{}")
                            .eventBridgeParameters(
                                event -> event.source("clock").detailType(type))));
  }

  private static String at(Instant time) {
    // LocalDateTime's own text leaves out seconds that are 0.
    return "at("
        + DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
            LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC))
        + ")";
  }

  @Test
  void whatFailsTwiceIsDeliveredAtTheThirdAttemptHoweverFarTheClockIsMoved(TestCloud cloud) {
    TestAgent mine = cloud.agent("mine").hears("trial.ending");
    mine.answers(503).times(2);
    String id = cloud.put("trial.ending", TRIAL);

    cloud.advance(Duration.ofHours(25));

    assertThat(told(cloud)).containsExactly("mine 503", "mine 503", "mine 200");
    assertThat(mine.attempts(id)).isEqualTo(3);
  }

  @Test
  void whatNeverGoesWellIsTriedUntilItIsADayOldAndThenALetter(TestCloud cloud) {
    TestAgent mine = cloud.agent("mine").hears("trial.ending");
    mine.answers(503);
    String id = cloud.put("trial.ending", TRIAL);

    cloud.advance(Duration.ofHours(25));

    assertThat(mine.awaitDeadLetter(id).attempts()).isGreaterThan(100);
    assertThat(told(cloud).getLast()).isEqualTo("agentpost-mine gave up");
  }

  @Test
  void aScheduleAndARetryHaveTheirTurnsByTheirTimes(TestCloud cloud, SchedulerClient schedules) {
    Instant start = cloud.now();
    TestAgent mine = cloud.agent("mine").hears("trial.ending");
    mine.answers(503).retryAfter(Duration.ofHours(2)).times(2);
    schedule(schedules, "first", at(start.plus(Duration.ofHours(1))), "one hour");
    schedule(schedules, "second", at(start.plus(Duration.ofHours(3))), "three hours");
    schedule(schedules, "third", at(start.plus(Duration.ofHours(5))), "five hours");
    cloud.put("trial.ending", TRIAL);

    cloud.advance(Duration.ofHours(6));

    assertThat(told(cloud))
        .containsExactly(
            "mine 503", "one hour", "mine 503", "three hours", "mine 200", "five hours");
    assertThat(cloud.now()).isAfterOrEqualTo(start.plus(Duration.ofHours(6)));
  }

  @Test
  void everyTimeOfARateComes(TestCloud cloud, SchedulerClient schedules, EventBridgeClient events) {
    schedule(schedules, "hourly", "rate(1 hour)", "hour");
    events.putRule(put -> put.name("daily").scheduleExpression("rate(1 day)"));
    events.putTargets(
        put ->
            put.rule("daily").targets(Target.builder().id("bus").arn(BUS).roleArn(ROLE).build()));
    cloud.agent("mine").hearsPattern("{\"detail-type\":[\"Scheduled Event\"]}");

    cloud.advance(Duration.ofHours(49));

    assertThat(told(cloud).stream().filter("hour"::equals)).hasSize(49);
    assertThat(told(cloud).stream().filter(one -> one.startsWith("mine"))).hasSize(2);
  }

  @Test
  void ofManyAgentsEachIsTriedAsOftenAsItFailsAndInTheOrderOfTime(TestCloud cloud) {
    Map<String, TestAgent> agents = new TreeMap<>();
    List<String> expected = new ArrayList<>();
    for (int minutes = 1; minutes <= 8; minutes++) {
      TestAgent agent = cloud.agent("agent-" + minutes).hears("trial.ending");
      agent.answers(503).retryAfter(Duration.ofMinutes(11L * minutes)).times(2);
      agents.put("agent-" + minutes, agent);
    }
    String id = cloud.put("trial.ending", TRIAL);

    cloud.advance(Duration.ofHours(25));

    assertThat(agents.values()).allSatisfy(agent -> assertThat(agent.attempts(id)).isEqualTo(3));
    List<String> retries = told(cloud).subList(8, 24);
    for (int minutes = 1; minutes <= 16; minutes++) {
      if (minutes <= 8) {
        expected.add("agent-" + minutes + " 503");
      }
      if (minutes % 2 == 0) {
        expected.add("agent-" + minutes / 2 + " 200");
      }
    }
    assertThat(retries)
        .as("of which two at the same time may come in any order")
        .containsExactlyInAnyOrderElementsOf(expected);
    for (String status : List.of("503", "200")) {
      assertThat(retries.stream().filter(one -> one.endsWith(status))).isSorted();
    }
  }

  @Test
  void whatDoesNotEndIsNamedAndTheClockGoesOnFromThere(TestCloud cloud) {
    cloud.waitsAtMost(Duration.ofMillis(500));
    Instant start = cloud.now();
    cloud.agent("mine").hears("trial.ending").answers(200).after(Duration.ofSeconds(3)).times(1);
    cloud.put("trial.ending", TRIAL);

    assertThatThrownBy(() -> cloud.advance(Duration.ofHours(1)))
        .hasMessageContaining("Time moves on when what is under way has ended")
        .hasMessageContaining("under way: ");

    assertThat(cloud.now()).isBefore(start.plus(Duration.ofHours(1)));
  }
}

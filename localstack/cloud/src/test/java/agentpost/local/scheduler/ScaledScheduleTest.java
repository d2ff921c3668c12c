package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.testing.ManualTimeline;
import agentpost.local.time.InFlightCounter;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules where time runs faster than the wall clock. */
class ScaledScheduleTest extends SchedulerTestBed {
  /** Time that is moved, and that runs 600 times as fast as the wall's. */
  private record Ahead(ManualTimeline timeline) implements Timeline {
    @Override
    public Instant now() {
      return timeline.now();
    }

    @Override
    public Duration runsAhead(Duration wall) {
      return wall.multipliedBy(600);
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return timeline.schedule(delay, task);
    }

    @Override
    public void close() {
      timeline.close();
    }
  }

  /**
   * A function plans a reminder for the next minute and calls it off in the next moment, which at
   * such a pace is hours later.
   */
  @Test
  void whereTimeRunsAheadAPlanCanStillBeCalledOff() {
    Scheduler fast = scheduler(new Ahead(timeline));
    String soon = schedule("at(2026-03-31T10:31:00)", "").replace('\'', '"');
    for (String name : List.of("called-off", "kept")) {
      assertThat(
              fast.handle(
                      new AwsRequest(
                          "POST", "/schedules/" + name, Map.of(), Map.of(), soon.getBytes(UTF_8)))
                  .status())
          .isEqualTo(200);
    }
    timeline.pass(Duration.ofMinutes(19));
    assertThat(put).isEmpty();
    assertThat(
            fast.handle(
                    new AwsRequest(
                        "DELETE", "/schedules/called-off", Map.of(), Map.of(), new byte[0]))
                .status())
        .isEqualTo(200);
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  /**
   * A held schedule: a sign-up is on its way when its time comes, and leads to a part before it
   * ends. However long each takes, nothing is told to be missing until both have arrived.
   */
  @Test
  void whereTimeRunsAheadAScheduleWaitsForWhatIsOnItsWayAndWhatThatLeadsTo() throws Exception {
    Scheduler fast = scheduler(new Ahead(timeline));
    InFlightCounter deliveries = new InFlightCounter();
    fast.runner().waitsFor(deliveries);
    deliveries.begin();
    fast.handle(
        new AwsRequest(
            "POST",
            "/schedules/deadline",
            Map.of(),
            Map.of(),
            schedule("at(2026-03-31T10:31:00)", "").replace('\'', '"').getBytes(UTF_8)));
    Thread due = Thread.ofPlatform().start(() -> timeline.pass(Duration.ofMinutes(20)));
    awaitWaiting(due);
    assertThat(put).isEmpty();
    deliveries.begin();
    deliveries.end();
    awaitWaiting(due);
    assertThat(put).isEmpty();
    deliveries.end();
    assertThat(due.join(Duration.ofMinutes(1))).isTrue();
    assertThat(put).hasSize(1);
  }

  private static void awaitWaiting(Thread thread) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  /**
   * At --time-scale 600, where a minute is a tenth of a second.
   *
   * @param inVain whether the function only reads
   */
  private void everyMinuteAtScale600(boolean inVain) {
    Scheduler fast = scheduler(new Ahead(timeline));
    fast.runner().passesLooksInVain(_ -> () -> inVain);
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    assertThat(
            fast.handle(
                    new AwsRequest(
                        "POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)))
                .status())
        .isEqualTo(200);
  }

  private int invocationsIn(Duration wall) {
    int before = invoked.size();
    timeline.pass(wall.multipliedBy(600));
    return invoked.size() - before;
  }

  @Test
  void aMinuteThatIsATenthOfASecondIsNotLookedForTenTimesASecondWhileNobodyDoesAnything() {
    idle = true;
    everyMinuteAtScale600(false);
    assertThat(invocationsIn(Duration.ofSeconds(16))).isEqualTo(4);
    assertThat(invocationsIn(Duration.ofMinutes(10))).isEqualTo(120);
  }

  /** In forty seconds of an idle cloud, after a minute and after nearly three. */
  @Test
  void aFunctionThatFindsNothingToDoIsAskedLessAndLessOften() {
    idle = true;
    everyMinuteAtScale600(true);
    assertThat(invocationsIn(Duration.ofSeconds(60))).isLessThanOrEqualTo(12);
    assertThat(invocationsIn(Duration.ofSeconds(40))).isBetween(1, 2);
    invocationsIn(Duration.ofSeconds(60));
    assertThat(invocationsIn(Duration.ofSeconds(40))).isBetween(1, 2);
    assertThat(invocationsIn(Duration.ofMinutes(10))).isEqualTo(20);
  }

  /**
   * Whenever after the last thing that happened something becomes due, the function looks no later
   * than by half of that time, by five seconds if that is more, and by thirty at most.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 6, 24, 25, 26, 59, 60, 61, 144, 150, 151, 3600, 86_400})
  void whatBecomesDueWhileNothingHappensIsNotFoundMuchLater(int seconds) {
    idle = true;
    everyMinuteAtScale600(true);
    // Its first time.
    timeline.pass(Duration.ofMinutes(1));
    invocationsIn(Duration.ofSeconds(seconds));
    int most = Math.max(5, Math.min(30, seconds / 2 + 1));
    // A look's own minute beside it.
    assertThat(invocationsIn(Duration.ofSeconds(most).plusMillis(100))).isPositive();
  }

  /** Somebody asks, or an event is put: within a second it is as often as the rate says. */
  @Test
  void whenSomethingHappensTheRateIsKeptFromTheNextSecondOn() {
    idle = true;
    everyMinuteAtScale600(true);
    invocationsIn(Duration.ofMinutes(10));
    idle = false;
    assertThat(invocationsIn(Duration.ofSeconds(1))).isPositive();
    assertThat(invocationsIn(Duration.ofSeconds(2))).isEqualTo(20);
    idle = true;
    assertThat(invocationsIn(Duration.ofSeconds(16))).isBetween(3, 4);
  }

  /** What the function did may be what the next look finds. */
  @Test
  void aFunctionThatFoundSomethingIsAskedAgainInFiveSeconds() {
    idle = true;
    AtomicBoolean inVain = new AtomicBoolean(true);
    Scheduler fast = scheduler(new Ahead(timeline));
    fast.runner().passesLooksInVain(_ -> inVain::get);
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    fast.handle(
        new AwsRequest("POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)));
    invocationsIn(Duration.ofMinutes(10));
    inVain.set(false);
    assertThat(invocationsIn(Duration.ofSeconds(31))).isGreaterThanOrEqualTo(5);
  }

  /** A function in a process of its own takes seconds to start, which are hours at such a pace. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFunctionThatIsStillAtWorkIsNotBegunOnceMore(boolean isIdle) {
    idle = isIdle;
    AtomicBoolean atWork = new AtomicBoolean();
    Scheduler fast = scheduler(new Ahead(timeline));
    fast.runner()
        .passesOverWhile(
            arn -> {
              assertThat(arn).contains(":function:");
              return atWork.get();
            });
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    fast.handle(
        new AwsRequest("POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)));
    timeline.pass(Duration.ofMinutes(1));
    assertThat(invoked).hasSize(1);
    atWork.set(true);
    assertThat(invocationsIn(Duration.ofMinutes(1))).isZero();
    atWork.set(false);
    assertThat(invocationsIn(Duration.ofSeconds(1))).isPositive();
  }

  /** As on AWS, which has no such pace. */
  @Test
  void aMinuteThatIsAMinuteIsKeptWhetherTheFunctionIsAtWorkOrNot() {
    scheduler.runner().passesOverWhile(_ -> true);
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    timeline.pass(Duration.ofMinutes(60));
    assertThat(invoked).hasSize(60);
  }

  @Test
  void aRateThatIsDeletedWhileNothingHappensIsGone() {
    idle = true;
    Scheduler fast = scheduler(new Ahead(timeline));
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    fast.handle(
        new AwsRequest("POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)));
    assertThat(invocationsIn(Duration.ofSeconds(7))).isPositive();
    fast.handle(new AwsRequest("DELETE", "/schedules/every", Map.of(), Map.of(), new byte[0]));
    assertThat(invocationsIn(Duration.ofMinutes(1))).isZero();
    assertThat(timeline.planned()).isZero();
  }

  @Test
  void aMinuteThatIsAMinuteIsKeptWhetherAnybodyDoesAnythingOrNot() {
    idle = true;
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    timeline.pass(Duration.ofMinutes(60));
    assertThat(invoked).hasSize(60);
  }
}

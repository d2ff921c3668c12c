package agentpost.local.time;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaledTimelineTest {
  private static final Instant START = Instant.parse("2026-03-31T10:30:00Z");
  private static final Clock WALL = Clock.fixed(START, ZoneOffset.UTC);

  @Test
  void anHourIsSixTenthsOfASecondAt6000() throws InterruptedException {
    try (ScaledTimeline timeline = new ScaledTimeline(6000, WALL)) {
      CountDownLatch ran = new CountDownLatch(1);
      long start = System.nanoTime();
      timeline.schedule(Duration.ofHours(1), ran::countDown);
      assertThat(ran.await(60, SECONDS)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(590));
      assertThat(timeline.now()).isAfterOrEqualTo(START.plus(Duration.ofMinutes(59)));
    }
  }

  @Test
  void aTaskThatIsCancelledDoesNotRun() throws InterruptedException {
    try (ScaledTimeline timeline = new ScaledTimeline(1000, WALL)) {
      AtomicBoolean ran = new AtomicBoolean();
      CountDownLatch later = new CountDownLatch(1);
      assertThat(timeline.schedule(Duration.ofMinutes(1), () -> ran.set(true)).cancel()).isTrue();
      timeline.schedule(Duration.ofMinutes(2), later::countDown);
      assertThat(later.await(60, SECONDS)).isTrue();
      assertThat(ran).isFalse();
    }
  }

  @Test
  void whatIsDueWhenTheTimeIsSetForwardRunsThen() throws InterruptedException {
    try (ScaledTimeline timeline = new ScaledTimeline(1, WALL)) {
      CountDownLatch due = new CountDownLatch(2);
      AtomicBoolean later = new AtomicBoolean();
      timeline.schedule(Duration.ofHours(1), due::countDown);
      timeline.schedule(Duration.ofHours(2), due::countDown);
      timeline.schedule(Duration.ofHours(3), () -> later.set(true));
      timeline.advance(Duration.ofHours(2));
      assertThat(due.await(60, SECONDS)).isTrue();
      assertThat(later).isFalse();
      assertThat(timeline.now())
          .isBetween(
              START.plus(Duration.ofHours(2)), START.plus(Duration.ofHours(2)).plusSeconds(60));
    }
  }

  @Test
  void whatIsNotDueWhenTheTimeIsSetForwardWaitsForTheRest() throws InterruptedException {
    try (ScaledTimeline timeline = new ScaledTimeline(1, WALL)) {
      CountDownLatch due = new CountDownLatch(1);
      timeline.schedule(Duration.ofHours(1), due::countDown);
      timeline.advance(Duration.ofHours(1).minusMillis(300));
      assertThat(due.getCount()).isOne();
      assertThat(due.await(60, SECONDS)).isTrue();
    }
  }

  @Test
  void aTaskRunsOnceHoweverOftenTheTimeIsSetForward() throws InterruptedException {
    try (ScaledTimeline timeline = new ScaledTimeline(1, WALL)) {
      AtomicInteger ran = new AtomicInteger();
      CountDownLatch last = new CountDownLatch(1);
      timeline.schedule(Duration.ofHours(1), ran::incrementAndGet);
      timeline.schedule(Duration.ofHours(50), last::countDown);
      for (int hour = 0; hour < 50; hour++) {
        timeline.advance(Duration.ofHours(1));
      }
      assertThat(last.await(60, SECONDS)).isTrue();
      assertThat(ran).hasValue(1);
    }
  }

  @Test
  void aTaskThatIsCancelledDoesNotRunWhenItsTimeIsSet() throws InterruptedException {
    try (ScaledTimeline timeline = new ScaledTimeline(1, WALL)) {
      AtomicBoolean ran = new AtomicBoolean();
      CountDownLatch other = new CountDownLatch(1);
      assertThat(timeline.schedule(Duration.ofHours(1), () -> ran.set(true)).cancel()).isTrue();
      timeline.schedule(Duration.ofHours(2), other::countDown);
      timeline.advance(Duration.ofHours(2));
      assertThat(other.await(60, SECONDS)).isTrue();
      assertThat(ran).isFalse();
    }
  }

  @Test
  void whatIsPlannedAfterItClosedDoesNotRunAndIsNoError() {
    ScaledTimeline timeline = new ScaledTimeline(1, WALL);
    timeline.close();
    AtomicBoolean ran = new AtomicBoolean();
    timeline.schedule(Duration.ZERO, () -> ran.set(true));
    assertThat(ran).isFalse();
  }

  @Test
  void aWaitOfCenturiesIsNoError() {
    try (ScaledTimeline timeline = new ScaledTimeline(1, WALL)) {
      assertThat(timeline.schedule(Duration.ofDays(1_000_000), () -> {}).cancel()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, -1, Double.NaN, 1e7})
  void aScaleIsFromOneToAMillion(double scale) {
    assertThatThrownBy(() -> new ScaledTimeline(scale, WALL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("time scale");
  }
}

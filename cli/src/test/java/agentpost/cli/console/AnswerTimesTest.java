package agentpost.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AnswerTimesTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-31T10:30:00Z"));
  private final AnswerTimes times = new AnswerTimes(now::get);

  private void answer(Optional<Integer> status, int millis) {
    times.onEvent(
        new DeliveryEvent.AttemptMade(
            "id", "crm", 1, status, "any", Duration.ofMillis(millis), Optional.empty()));
  }

  @Test
  void ofAHundredAnswersFiftyAreFasterThanTheMedianAndNinetyFiveThanP95() {
    for (int millis = 100; millis >= 1; millis--) {
      answer(Optional.of(millis % 2 == 0 ? 200 : 503), millis);
    }
    AnswerTimes.Summary summary = times.of("crm").orElseThrow();
    assertEquals(
        new AnswerTimes.Summary(100, 100, Duration.ofMillis(50), Duration.ofMillis(95)), summary);
  }

  @Test
  void oneAnswerIsItsOwnMedian() {
    answer(Optional.of(200), 7);
    assertEquals(
        Optional.of(new AnswerTimes.Summary(1, 1, Duration.ofMillis(7), Duration.ofMillis(7))),
        times.of("crm"));
  }

  @Test
  void theRateIsOfTheLastMinuteAndWhatNobodyAnsweredIsNoAnswer() {
    answer(Optional.of(200), 1);
    now.updateAndGet(at -> at.plusSeconds(60));
    answer(Optional.of(200), 1);
    answer(Optional.empty(), 5000);
    assertEquals(1, times.of("crm").orElseThrow().lastMinute());
    assertEquals(2, times.of("crm").orElseThrow().count());
    assertEquals(Optional.empty(), times.of("other"));
  }

  @Test
  void theOldestAreForgotten() {
    answer(Optional.of(200), 9000);
    for (int i = 0; i < 500; i++) {
      answer(Optional.of(200), 1);
    }
    assertEquals(500, times.of("crm").orElseThrow().count());
    assertEquals(Duration.ofMillis(1), times.of("crm").orElseThrow().p95());
  }
}

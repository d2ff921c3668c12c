package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RetryWindowTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");
  private static final Duration DAY = Duration.ofHours(24);

  @Test
  void aNewEventOfADayMayWaitFor23Hours() {
    assertThat(new RetryWindow(DAY).maxWait(Optional.of(NOW), NOW)).isEqualTo(Duration.ofHours(23));
    assertThat(new RetryWindow(DAY).maxWait(Optional.of(NOW.minus(Duration.ofHours(10))), NOW))
        .isEqualTo(Duration.ofHours(13));
  }

  @Test
  void whoseTimeIsUnknownOrLongPastMayWaitForAnHour() {
    assertThat(new RetryWindow(DAY).maxWait(Optional.empty(), NOW)).isEqualTo(Duration.ofHours(1));
    assertThat(new RetryWindow(DAY).maxWait(Optional.of(Instant.EPOCH), NOW))
        .isEqualTo(Duration.ofHours(1));
    assertThat(new RetryWindow(DAY).maxWait(Optional.of(NOW.plusSeconds(3600)), NOW))
        .isEqualTo(Duration.ofHours(23));
  }

  /**
   * As long as its last two parts of 24 have not begun, an event whose time is true is tried once
   * more, with one part to spare.
   */
  @Property
  void oneMoreAttemptIsAlwaysPossible(
      @ForAll @IntRange(min = 60, max = 86_400) int maxAge,
      @ForAll @IntRange(max = 2200) int part) {
    Duration age = Duration.ofSeconds(maxAge).multipliedBy(part).dividedBy(2400);
    Duration wait =
        new RetryWindow(Duration.ofSeconds(maxAge)).maxWait(Optional.of(NOW.minus(age)), NOW);
    assertThat(age.plus(wait))
        .isLessThanOrEqualTo(
            Duration.ofSeconds(maxAge).multipliedBy(23).dividedBy(24).plusMillis(1));
  }

  @Property
  void itIsNeverLessThanThePartThatIsKeptNorMoreThanTheRest(
      @ForAll @IntRange(min = 60, max = 86_400) int maxAge,
      @ForAll @LongRange(min = -1_000_000, max = 1_000_000_000) long age) {
    Duration whole = Duration.ofSeconds(maxAge);
    assertThat(new RetryWindow(whole).maxWait(Optional.of(NOW.minusSeconds(age)), NOW))
        .isBetween(whole.dividedBy(24), whole.minus(whole.dividedBy(24)));
  }
}

package agentpost.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(15));

  @Test
  void delaysDoubleUpToTheLongest() {
    assertThat(IntStream.rangeClosed(1, 10).mapToObj(backoff::delayAfter).map(Duration::toSeconds))
        .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 900L, 900L);
    assertThat(backoff.delayAfter(Integer.MAX_VALUE)).isEqualTo(backoff.max());
  }

  @Test
  void aDelayIsTwiceTheOneBefore() {
    assertThat(backoff.delayAfter(Duration.ZERO)).isEqualTo(backoff.initial());
    assertThat(backoff.delayAfter(Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(14));
    assertThat(backoff.delayAfter(Duration.ofMinutes(8))).isEqualTo(backoff.max());
  }

  @Test
  void jitterTakesHalfOfADelayAtMost() {
    assertThat(backoff.delayAfter(2, () -> 0)).isEqualTo(Duration.ofSeconds(5));
    assertThat(backoff.delayAfter(2, () -> 0.5)).isEqualTo(Duration.ofMillis(7_500));
    assertThat(backoff.delayAfter(2, () -> 1)).isEqualTo(Duration.ofSeconds(10));
  }
}

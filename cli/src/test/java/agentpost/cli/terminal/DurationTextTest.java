package agentpost.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "59, 59 s",
    "60, 1 min",
    "61, 1 min 1 s",
    "3600, 1 h",
    "4800, 1 h 20 min",
    "86400, 1 d",
    "90000, 1 d 1 h",
    "-5, 0 s"
  })
  void aDurationIsSaidInItsTwoLargestUnits(long seconds, String words) {
    assertEquals(words, DurationText.of(Duration.ofSeconds(seconds)));
  }
}

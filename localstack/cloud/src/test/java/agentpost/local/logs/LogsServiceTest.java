package agentpost.local.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What log groups keep. */
class LogsServiceTest {
  private static final int LINE = 100_000;
  private final LogsService logs = new LogsService();

  private void append(String group, int lines, int length) {
    IntStream.range(0, lines)
        .forEach(i -> logs.append(group, Instant.EPOCH, i + ":" + "x".repeat(length)));
  }

  @Test
  void aGroupKeepsItsLastLinesAndTheCloudSaysHowManyItForgot() {
    logs.create("g");
    append("g", 5010, 1);
    assertThat(logs.lines("g")).hasSize(5000).startsWith("10:x").endsWith("5009:x");
    assertThat(logs.countForgotten()).isEqualTo(10);
  }

  /** Five thousand lines of one megabyte would be five gigabytes. */
  @Test
  void allGroupsTogetherAreBoundedAndTheLargestGivesFirst() {
    logs.create("quiet");
    logs.create("loud");
    append("quiet", 3, 10);
    append("loud", 400, LINE);
    long kept = logs.lines("loud").stream().mapToLong(String::length).sum();
    assertThat(kept).isBetween(LogsService.MAX_CHARACTERS - 2 * LINE, LogsService.MAX_CHARACTERS);
    assertThat(logs.lines("loud")).last().asString().startsWith("399:");
    assertThat(logs.lines("quiet")).hasSize(3);
    assertThat(logs.countForgotten()).isEqualTo(400 - logs.lines("loud").size());
  }

  @Test
  void aGroupThatIsRemovedTakesNoRoom() {
    for (int i = 0; i < 5; i++) {
      logs.create("g");
      append("g", 150, LINE);
      logs.remove("g");
    }
    assertThat(logs.countForgotten()).isZero();
  }
}

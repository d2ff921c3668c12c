package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules that come again and again. */
class RateScheduleTest extends SchedulerTestBed {
  @Test
  void aRateInvokesItsFunctionAgainAndAgain() {
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    ask("POST", "slower", everyTime("rate(2 hours)", "").replace(":sweep", ":slow"));
    timeline.pass(Duration.ofSeconds(59));
    assertThat(invoked).isEmpty();
    timeline.pass(Duration.ofSeconds(121));
    assertThat(invoked)
        .containsExactly(
            "sweep {} 2026-03-31T10:31:00Z",
            "sweep {} 2026-03-31T10:32:00Z",
            "sweep {} 2026-03-31T10:33:00Z");
    timeline.pass(Duration.ofHours(2));
    assertThat(invoked).contains("slow {} 2026-03-31T12:30:00Z");
  }

  @Test
  void aTargetThatTakesLongerThanItsRateIsNotRunTwiceAtOnce() {
    takes = Duration.ofSeconds(90);
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    timeline.pass(Duration.ofSeconds(60));
    takes = Duration.ZERO;
    assertThat(invoked).containsExactly("sweep {} 2026-03-31T10:31:00Z");
    timeline.pass(Duration.ofMinutes(3));
    assertThat(invoked).element(1).isEqualTo("sweep {} 2026-03-31T10:33:30Z");
  }

  @Test
  void aRateThatIsDeletedOrChangedIsOver() {
    ask("POST", "gone", everyTime("rate(1 minute)", ""));
    ask("POST", "changed", everyTime("rate(1 minute)", "").replace(":sweep", ":before"));
    timeline.pass(Duration.ofSeconds(90));
    assertThat(ask("DELETE", "gone", "").status()).isEqualTo(200);
    assertThat(
            ask("PUT", "changed", everyTime("rate(1 hour)", "").replace(":sweep", ":after"))
                .status())
        .isEqualTo(200);
    invoked.clear();
    timeline.pass(Duration.ofMinutes(61));
    assertThat(invoked).containsExactly("after {} 2026-03-31T11:31:30Z");
  }

  private List<String> times() {
    return invoked.stream().map(line -> line.replaceFirst("^.* ", "")).toList();
  }

  @Test
  void aRateBeginsAtItsStartAndEndsAtItsEnd() {
    String dates =
        ",'StartDate':"
            + seconds("2026-03-31T12:00:00Z")
            + ",'EndDate':"
            + seconds("2026-03-31T14:00:00Z");
    assertThat(ask("POST", "every", everyTime("rate(1 hour)", dates)).status()).isEqualTo(200);
    timeline.pass(Duration.ofDays(2));
    assertThat(times())
        .containsExactly("2026-03-31T12:00:00Z", "2026-03-31T13:00:00Z", "2026-03-31T14:00:00Z");
    assertThat(new String(ask("GET", "every", "").body(), UTF_8))
        .contains(
            "\"StartDate\":" + seconds("2026-03-31T12:00:00Z"),
            "\"EndDate\":" + seconds("2026-03-31T14:00:00Z"));
  }

  @Test
  void aStartThatIsPastGivesTheRateItsPhase() {
    ask(
        "POST",
        "every",
        everyTime("rate(1 hour)", ",'StartDate':" + seconds("2026-03-31T08:45:00Z")));
    timeline.pass(Duration.ofHours(2));
    assertThat(times()).containsExactly("2026-03-31T10:45:00Z", "2026-03-31T11:45:00Z");
  }

  /**
   * User guide, "Deletion after schedule completion": after the last invocation before the end
   * date; without an end date never.
   */
  @Test
  void aRateIsDeletedAfterItsLastInvocationAndNotAfterItsFirst() {
    ask(
        "POST",
        "ends",
        everyTime(
            "rate(1 hour)",
            ",'ActionAfterCompletion':'DELETE','EndDate':" + seconds("2026-03-31T13:00:00Z")));
    ask(
        "POST",
        "endless",
        everyTime("rate(1 hour)", ",'ActionAfterCompletion':'DELETE'").replace(":sweep", ":other"));
    timeline.pass(Duration.ofHours(1));
    assertThat(ask("GET", "ends", "").status()).isEqualTo(200);
    timeline.pass(Duration.ofHours(1));
    assertThat(ask("GET", "ends", "").status()).isEqualTo(404);
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked).filteredOn(line -> line.startsWith("sweep")).hasSize(2);
    assertThat(invoked).filteredOn(line -> line.startsWith("other")).hasSize(26);
    assertThat(ask("GET", "endless", "").status()).isEqualTo(200);
  }

  @Test
  void aRateWhoseEndComesBeforeItsFirstTimeNeverFiresAndIsDeletedIfItSaysSo() {
    ask(
        "POST",
        "short",
        everyTime(
            "rate(1 hour)",
            ",'ActionAfterCompletion':'DELETE','EndDate':" + seconds("2026-03-31T11:00:00Z")));
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked).isEmpty();
    assertThat(ask("GET", "short", "").status()).isEqualTo(404);
  }
}

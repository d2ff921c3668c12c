package agentpost.local.eventbridge.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AWS's rate and cron expressions, as the user guide's page on scheduled rules has them. */
class ScheduleExpressionTest {
  /** A Wednesday. */
  private static final Instant FROM = Instant.parse("2026-07-01T09:59:30Z");

  private static List<String> next(String expression, int count) {
    ScheduleExpression schedule = ScheduleExpression.of(expression);
    List<String> times = new ArrayList<>();
    Optional<Instant> at = schedule.nextAfter(FROM);
    for (int i = 0; i < count && at.isPresent(); i++) {
      times.add(at.get().toString());
      at = schedule.nextAfter(at.get());
    }
    return times;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate(1 minute)        |2026-07-01T10:00:30Z",
        "rate(5 minutes)       |2026-07-01T10:04:30Z",
        "rate(1 hour)          |2026-07-01T10:59:30Z",
        "rate(7 days)          |2026-07-08T09:59:30Z",
        "cron(0 10 * * ? *)    |2026-07-01T10:00:00Z",
        "cron(15 12 * * ? *)   |2026-07-01T12:15:00Z",
        "cron(0 18 ? * MON-FRI *)|2026-07-01T18:00:00Z",
        "cron(0 8 1 * ? *)     |2026-08-01T08:00:00Z",
        "cron(0/15 * * * ? *)  |2026-07-01T10:00:00Z",
        "cron(0/10 * ? * MON-FRI *)|2026-07-01T10:00:00Z",
        "cron(0/5 8-17 ? * MON-FRI *)|2026-07-01T10:00:00Z",
        "cron(1/10 * * * ? *)  |2026-07-01T10:01:00Z",
        "cron(0 9 ? * 2#1 *)   |2026-07-06T09:00:00Z",
        "cron(0 9 ? * 3#2 *)   |2026-07-14T09:00:00Z",
        "cron(0 0 L * ? *)     |2026-07-31T00:00:00Z",
        "cron(0 0 LW 5 ? *)    |2027-05-31T00:00:00Z",
        "cron(0 0 ? * 6L *)    |2026-07-31T00:00:00Z",
        "cron(0 0 ? * L *)     |2026-07-04T00:00:00Z",
        "cron(0 0 4W * ? *)    |2026-07-03T00:00:00Z",
        "cron(0 0 1W 8 ? *)    |2026-08-03T00:00:00Z",
        "cron(0 0 29 2 ? *)    |2028-02-29T00:00:00Z",
        "cron(0 0 1,15 JAN,JUL ? 2026-2027)|2026-07-15T00:00:00Z",
        "cron(0 0 ? * FRI-MON *)|2026-07-03T00:00:00Z",
        "cron(0 0 ? * 1 *)     |2026-07-05T00:00:00Z",
      })
  void runsNextAt(String expression, String at) {
    assertThat(next(expression.strip(), 1)).containsExactly(at);
  }

  @Test
  void runsAgainAndAgain() {
    assertThat(next("cron(0 9,17 ? * TUE *)", 3))
        .containsExactly("2026-07-07T09:00:00Z", "2026-07-07T17:00:00Z", "2026-07-14T09:00:00Z");
    assertThat(next("rate(2 hours)", 2))
        .containsExactly("2026-07-01T11:59:30Z", "2026-07-01T13:59:30Z");
  }

  @Test
  void doesNotRunAfterItsLastYear() {
    assertThat(next("cron(0 0 1 1 ? 2020)", 1)).isEmpty();
    assertThat(next("cron(0 0 30 2 ? *)", 1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(-1 hours)",
        "rate(1.5 hours)",
        "rate(1 second)",
        "rate(5 minutes",
        "rate( 5 minutes )",
        "5 minutes",
        "cron(0 10 * * * *)",
        "cron(0 10 ? * ? *)",
        "cron(0 10 1 * 2 *)",
        "cron(0 10 * * ?)",
        "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 0 * ? *)",
        "cron(0 10 32 * ? *)",
        "cron(0 10 * 13 ? *)",
        "cron(0 10 ? * 8 *)",
        "cron(0 10 ? * 3#6 *)",
        "cron(0 10 ? * 3#1,6#3 *)",
        "cron(0 10 * * ? 1969)",
        "cron(0 10 * * ? 2200)",
        "cron(* * * * ? x)",
        "cron()",
        "cron(0 10 * FOO ? *)",
        "at(2026-01-01T00:00:00)",
        "cron(0/0 10 * * ? *)",
        "cron(1- 10 * * ? *)"
      })
  void whatIsNoneIsRefusedInAwssWords(String expression) {
    assertThatThrownBy(() -> ScheduleExpression.of(expression))
        .isInstanceOf(AwsException.class)
        .hasMessage("Parameter ScheduleExpression is not valid.");
  }
}

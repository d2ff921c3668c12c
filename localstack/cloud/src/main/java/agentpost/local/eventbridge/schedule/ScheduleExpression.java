package agentpost.local.eventbridge.schedule;

import agentpost.local.wire.AwsException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a scheduled rule runs: {@code rate(…)} or {@code cron(…)}, in UTC. */
public sealed interface ScheduleExpression {
  /** A value of 1 has its unit in the singular, any other in the plural. */
  Pattern RATE =
      Pattern.compile(
          "rate\\((?:(1) (minute|hour|day)|([2-9]|[1-9][0-9]{1,8}) (minute|hour|day)s)\\)");

  Pattern CRON = Pattern.compile("cron\\((.+)\\)");

  /** The first time after this one; nothing if there is none. */
  Optional<Instant> nextAfter(Instant after);

  record Rate(Duration period) implements ScheduleExpression {
    @Override
    public Optional<Instant> nextAfter(Instant after) {
      return Optional.of(after.plus(period));
    }
  }

  record AtTimes(Cron cron) implements ScheduleExpression {
    @Override
    public Optional<Instant> nextAfter(Instant after) {
      return cron.nextAfter(after);
    }
  }

  /**
   * @throws AwsException as AWS answers an invalid one
   */
  static ScheduleExpression of(String expression) {
    Matcher rate = RATE.matcher(expression);
    if (rate.matches()) {
      long count = Long.parseLong(rate.group(1) != null ? rate.group(1) : rate.group(3));
      return new Rate(
          switch (rate.group(1) != null ? rate.group(2) : rate.group(4)) {
            case "minute" -> Duration.ofMinutes(count);
            case "hour" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          });
    }
    Matcher cron = CRON.matcher(expression);
    try {
      if (cron.matches()) {
        return new AtTimes(Cron.of(cron.group(1)));
      }
    } catch (IllegalArgumentException e) {
      throw invalidExpression();
    }
    throw invalidExpression();
  }

  private static AwsException invalidExpression() {
    return AwsException.badRequest(
        "ValidationException", "Parameter ScheduleExpression is not valid.");
  }
}

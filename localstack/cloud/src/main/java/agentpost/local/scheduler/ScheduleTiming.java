package agentpost.local.scheduler;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a schedule fires. */
sealed interface ScheduleTiming {
  /** Its start and end dates are ignored, as on AWS (API reference, CreateSchedule). */
  record Once(Instant at) implements ScheduleTiming {}

  /**
   * @param start the first time; without one, a period after it was put
   * @param end nothing fires after it
   */
  record Every(Duration period, Optional<Instant> start, Optional<Instant> end)
      implements ScheduleTiming {
    /** The first time that is not before {@code now}. */
    Instant firstRun(Instant now) {
      Instant from = start.orElse(now.plus(period));
      long passed = Math.max(0, Duration.between(from, now).toMillis());
      return from.plus(period.multipliedBy(Math.ceilDiv(passed, period.toMillis())));
    }

    boolean isOver(Instant due) {
      return end.map(due::isAfter).orElse(false);
    }
  }

  /** A value of 1 has its unit in the singular, any other in the plural. */
  Pattern RATE =
      Pattern.compile(
          "rate\\((?:1 (minute|hour|day)|([2-9]|[1-9][0-9]{1,5}) (minute|hour|day)s)\\)");

  /**
   * yyyy-mm-ddThh:mm:ss ("One-time schedules", EventBridge Scheduler user guide,
   * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html): no fraction, and
   * no time without its seconds, as Java would read.
   */
  Pattern AT = Pattern.compile("at\\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\\)");

  /**
   * @throws AwsException naming an expression that is none or that the local cloud does not
   *     support, or dates that leave no time
   */
  static ScheduleTiming of(ObjectNode schedule, Instant now) {
    String expression = schedule.path("ScheduleExpression").asText();
    ZoneId zone = zone(schedule.path("ScheduleExpressionTimezone").asText("UTC"));
    Matcher rate = RATE.matcher(expression);
    if (rate.matches()) {
      Optional<Instant> start = date(schedule.path("StartDate"));
      Optional<Instant> end = date(schedule.path("EndDate"));
      if (end.isPresent()
          && (end.get().isBefore(now) || start.map(end.get()::isBefore).orElse(false))) {
        throw invalidExpression(
            "The EndDate you specify must be in the future and after the StartDate.");
      }
      return new Every(period(rate), start, end);
    }
    Matcher at = AT.matcher(expression);
    if (!at.matches() && !expression.startsWith("cron(")) {
      throw invalidExpression("Invalid Schedule Expression " + expression + ".");
    }
    if (!at.matches()) {
      throw invalidExpression(
          "The local cloud supports schedules of at(…) and rate(…); got " + expression);
    }
    try {
      return new Once(LocalDateTime.parse(at.group(1)).atZone(zone).toInstant());
    } catch (DateTimeException e) {
      throw invalidExpression("Invalid Schedule Expression " + expression + ".");
    }
  }

  private static Duration period(Matcher rate) {
    long count = rate.group(2) == null ? 1 : Long.parseLong(rate.group(2));
    return switch (rate.group(2) == null ? rate.group(1) : rate.group(3)) {
      case "minute" -> Duration.ofMinutes(count);
      case "hour" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw invalidExpression("The ScheduleExpressionTimezone " + name + " is not valid.");
    }
  }

  /** In seconds since the epoch. */
  private static Optional<Instant> date(JsonNode seconds) {
    return seconds.isNumber()
        ? Optional.of(Instant.ofEpochMilli((long) (seconds.asDouble() * 1000)))
        : Optional.empty();
  }

  private static AwsException invalidExpression(String why) {
    return AwsException.badRequest("ValidationException", why);
  }
}

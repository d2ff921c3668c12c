package agentpost.local.scheduler;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a schedule fires. */
sealed interface Timing {
  record Once(Instant at) implements Timing {}

  record Every(Duration period) implements Timing {}

  /** A value of 1 has its unit in the singular, any other in the plural. */
  Pattern RATE = Pattern.compile("rate\\((?:1 (minute|hour|day)|([2-9]|[1-9][0-9]{1,5}) (minute|hour|day)s)\\)");

  Pattern AT = Pattern.compile("at\\((.+)\\)");

  /** @throws AwsException naming an expression that is none or that the local cloud does not support */
  static Timing of(ObjectNode schedule) {
    String expression = schedule.path("ScheduleExpression").asText();
    Matcher rate = RATE.matcher(expression);
    if (rate.matches()) {
      long count = rate.group(2) == null ? 1 : Long.parseLong(rate.group(2));
      return new Every(
          switch (rate.group(2) == null ? rate.group(1) : rate.group(3)) {
            case "minute" -> Duration.ofMinutes(count);
            case "hour" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
          });
    }
    Matcher at = AT.matcher(expression);
    if (!at.matches()) {
      throw AwsException.badRequest("ValidationException", "The local cloud supports schedules of at(…) and rate(…); got " + expression);
    }
    try {
      return new Once(LocalDateTime.parse(at.group(1)).atZone(ZoneId.of(schedule.path("ScheduleExpressionTimezone").asText("UTC"))).toInstant());
    } catch (DateTimeException e) {
      throw AwsException.badRequest("ValidationException", "Invalid Schedule Expression " + expression + ".");
    }
  }
}

package agentpost.schemas;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The format {@code date-time} (RFC 3339, section 5.6), read once for the schemas and for whoever
 * goes on with it, so that what is valid can be read. A leap second is read as the second before
 * it, as java.time does, and of a fraction nine digits count. Times before the year 0 or after 9999
 * in UTC are none: they could not be written again.
 */
public final class DateTimes {
  /** A fraction longer than any clock has. */
  private static final int MAX_LENGTH = 64;

  private static final int MAX_YEAR = 9999;
  private static final int NANOS_DIGITS = 9;
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int MINUTES_PER_HOUR = 60;

  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{4})-([0-9]{2})-([0-9]{2})"
              + "[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))");

  private DateTimes() {}

  /** The time that a text says, with its offset; nothing if it says none. */
  public static Optional<OffsetDateTime> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      boolean leaps = number(form, 6) == SECONDS_PER_MINUTE;
      OffsetDateTime time =
          OffsetDateTime.of(
              number(form, 1),
              number(form, 2),
              number(form, 3),
              number(form, 4),
              number(form, 5),
              leaps ? SECONDS_PER_MINUTE - 1 : number(form, 6),
              nanos(form.group(7)),
              offset(form));
      OffsetDateTime utc = time.withOffsetSameInstant(ZoneOffset.UTC);
      return Optional.of(time)
          .filter(
              _ ->
                  utc.getYear() >= 0 && utc.getYear() <= MAX_YEAR && (!leaps || isLastMinute(utc)));
    } catch (DateTimeException e) {
      // A 31st of February, an hour 24, an offset that no place has.
      return Optional.empty();
    }
  }

  /** Leap seconds are at the end of a month in UTC (RFC 3339, appendix D). */
  private static boolean isLastMinute(OffsetDateTime utc) {
    return utc.getHour() == 23
        && utc.getMinute() == 59
        && utc.toLocalDate().lengthOfMonth() == utc.getDayOfMonth();
  }

  private static ZoneOffset offset(Matcher form) {
    if (form.group(8) == null) {
      return ZoneOffset.UTC;
    }
    if (number(form, 10) >= MINUTES_PER_HOUR) {
      throw new DateTimeException("an offset has at most 59 minutes beside its hours");
    }
    int sign = form.group(8).equals("-") ? -1 : 1;
    return ZoneOffset.ofHoursMinutes(sign * number(form, 9), sign * number(form, 10));
  }

  private static int nanos(String fraction) {
    return fraction == null
        ? 0
        : Integer.parseInt((fraction + "0".repeat(NANOS_DIGITS)).substring(0, NANOS_DIGITS));
  }

  private static int number(Matcher form, int group) {
    return Integer.parseInt(form.group(group));
  }
}

package agentpost.local.eventbridge.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * AWS's cron dialect: minutes, hours, day of month, month, day of week (1 is Sunday), year; {@code
 * ,} {@code -} {@code *} {@code /}, {@code ?} in exactly one of the two days, {@code L}, {@code W}
 * and {@code #} (EventBridge user guide, "Setting a schedule pattern for scheduled rules").
 */
final class Cron {
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final int LAST_YEAR = 2199;

  private final NavigableSet<Integer> minutes;
  private final NavigableSet<Integer> hours;
  private final NavigableSet<Integer> months;
  private final NavigableSet<Integer> years;
  private final Predicate<LocalDate> day;

  private Cron(String[] fields) {
    this.minutes = CronField.values(fields[0], 0, 59, List.of());
    this.hours = CronField.values(fields[1], 0, 23, List.of());
    this.months = CronField.values(fields[3], 1, 12, MONTHS);
    this.years = CronField.values(fields[5], 1970, LAST_YEAR, List.of());
    if (fields[2].equals("?") == fields[4].equals("?")) {
      throw new IllegalArgumentException("exactly one of day of month and day of week must be ?");
    }
    this.day = fields[4].equals("?") ? ofMonth(fields[2]) : ofWeek(fields[4]);
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  static Cron of(String expression) {
    String[] fields = expression.strip().split("\\s+", -1);
    if (fields.length != 6) {
      throw new IllegalArgumentException("there must be six fields");
    }
    return new Cron(fields);
  }

  Optional<Instant> nextAfter(Instant after) {
    LocalDateTime from =
        LocalDateTime.ofInstant(after, ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.MINUTES)
            .plusMinutes(1);
    LocalDate date = from.toLocalDate();
    LocalTime earliest = from.toLocalTime();
    while (date.getYear() <= LAST_YEAR) {
      if (!years.contains(date.getYear())) {
        Integer year = years.higher(date.getYear());
        if (year == null) {
          return Optional.empty();
        }
        date = LocalDate.of(year, 1, 1);
        earliest = LocalTime.MIN;
      } else if (!months.contains(date.getMonthValue())) {
        date = date.plusMonths(1).withDayOfMonth(1);
        earliest = LocalTime.MIN;
      } else {
        Optional<LocalTime> time = day.test(date) ? time(earliest) : Optional.empty();
        if (time.isPresent()) {
          return Optional.of(date.atTime(time.get()).toInstant(ZoneOffset.UTC));
        }
        date = date.plusDays(1);
        earliest = LocalTime.MIN;
      }
    }
    return Optional.empty();
  }

  private Optional<LocalTime> time(LocalTime earliest) {
    for (int hour : hours.tailSet(earliest.getHour())) {
      Integer minute = minutes.ceiling(hour == earliest.getHour() ? earliest.getMinute() : 0);
      if (minute != null) {
        return Optional.of(LocalTime.of(hour, minute));
      }
    }
    return Optional.empty();
  }

  private static Predicate<LocalDate> ofMonth(String field) {
    Predicate<LocalDate> any = _ -> false;
    for (String part : field.split(",", -1)) {
      any = any.or(partOfMonth(part));
    }
    return any;
  }

  private static Predicate<LocalDate> partOfMonth(String part) {
    if (part.equals("L")) {
      return date -> date.getDayOfMonth() == date.lengthOfMonth();
    }
    if (part.equals("LW") || part.matches("[0-9]{1,2}W")) {
      int near =
          part.equals("LW")
              ? 31
              : CronField.number(part.substring(0, part.length() - 1), 1, 31, List.of());
      return date -> date.equals(weekday(date, near));
    }
    NavigableSet<Integer> days = CronField.values(part, 1, 31, List.of());
    return date -> days.contains(date.getDayOfMonth());
  }

  /** The weekday next to a day of the month, within the month. */
  private static LocalDate weekday(LocalDate month, int day) {
    LocalDate wanted = month.withDayOfMonth(Math.min(day, month.lengthOfMonth()));
    return switch (wanted.getDayOfWeek()) {
      case SATURDAY -> wanted.getDayOfMonth() == 1 ? wanted.plusDays(2) : wanted.minusDays(1);
      case SUNDAY ->
          wanted.getDayOfMonth() == wanted.lengthOfMonth()
              ? wanted.minusDays(2)
              : wanted.plusDays(1);
      default -> wanted;
    };
  }

  private static Predicate<LocalDate> ofWeek(String field) {
    if (field.contains("#")) {
      // One expression only: AWS takes several for several fields.
      String[] parts = field.split("#", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException("only one # is allowed");
      }
      int weekday = CronField.number(parts[0], 1, 7, DAYS);
      int nth = CronField.number(parts[1], 1, 5, List.of());
      return date -> number(date) == weekday && (date.getDayOfMonth() + 6) / 7 == nth;
    }
    Predicate<LocalDate> any = _ -> false;
    for (String part : field.split(",", -1)) {
      any = any.or(partOfWeek(part));
    }
    return any;
  }

  private static Predicate<LocalDate> partOfWeek(String part) {
    if (part.equals("L")) {
      return date -> number(date) == 7;
    }
    if (part.matches("[A-Z0-9]+L")) {
      int weekday = CronField.number(part.substring(0, part.length() - 1), 1, 7, DAYS);
      return date -> number(date) == weekday && date.getDayOfMonth() + 7 > date.lengthOfMonth();
    }
    NavigableSet<Integer> days = CronField.values(part, 1, 7, DAYS);
    return date -> days.contains(number(date));
  }

  private static int number(LocalDate date) {
    return date.getDayOfWeek().getValue() % 7 + 1;
  }
}

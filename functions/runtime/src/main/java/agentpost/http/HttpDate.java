package agentpost.http;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An {@code HTTP-date} in each of the three forms that a recipient must accept (RFC 9110, 5.6.7).
 */
public final class HttpDate {
  /**
   * A day of one digit is RFC 5322's, of whose form this one is the fixed subset; Java's
   * RFC_1123_DATE_TIME writes it so.
   */
  private static final DateTimeFormatter IMF_FIXDATE =
      strictFormatter("EEE, d MMM uuuu HH:mm:ss 'GMT'");

  private static final DateTimeFormatter ASCTIME = strictFormatter("EEE MMM ppd HH:mm:ss uuuu");

  private HttpDate() {}

  /**
   * @param now decides the century of a year with two digits; one that would be over 50 years ahead
   *     is past
   */
  public static Optional<Instant> parse(String text, Instant now) {
    return Stream.of(IMF_FIXDATE, rfc850(now), ASCTIME)
        .map(form -> parse(text, form))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Instant> parse(String text, DateTimeFormatter form) {
    try {
      return Optional.of(LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static DateTimeFormatter rfc850(Instant now) {
    int first = now.atOffset(ZoneOffset.UTC).getYear() - 49;
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, first)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.US)
        .withResolverStyle(ResolverStyle.STRICT);
  }

  private static DateTimeFormatter strictFormatter(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US).withResolverStyle(ResolverStyle.STRICT);
  }
}

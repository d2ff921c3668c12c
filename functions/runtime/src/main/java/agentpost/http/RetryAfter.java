package agentpost.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one reader of {@code Retry-After}: {@code delay-seconds} or an {@code HTTP-date} (RFC 9110,
 * 10.2.3), of any size. Anything else is dropped where the header comes in, so that it harms nobody
 * further on: EventBridge gives an event up at once for {@code Retry-After: -1}.
 */
public final class RetryAfter {
  /**
   * EventBridge keeps an event for 24 h: a longer wait would not delay the next attempt, it would
   * be the end of the event.
   */
  public static final Duration MAX_WAIT = Duration.ofHours(24);

  /** {@code delay-seconds = 1*DIGIT}. */
  private static final Pattern DELAY_SECONDS = Pattern.compile("0*+([0-9]*)(?<=[0-9])");

  /** As many as a count of seconds may have here; what has more is over 30 years. */
  private static final int MAX_DIGITS = 9;

  private RetryAfter() {}

  /** How long the answer asks to wait; {@link #MAX_WAIT} if it asks for more. */
  public static Optional<Duration> parse(String value, Optional<String> date, Instant now) {
    return parse(value, date, now, MAX_WAIT);
  }

  /**
   * How long the answer asks to wait; zero for a date that is past.
   *
   * @param value the field's value; of a field that came several times, all of them joined by
   *     commas (RFC 9110, 5.3), which is never a valid one
   * @param date of the same answer, if it has one: a date is one of the answerer's clock
   * @param now by our clock
   * @param max what a longer wait is cut to
   */
  public static Optional<Duration> parse(
      String value, Optional<String> date, Instant now, Duration max) {
    String text = value.strip();
    Matcher seconds = DELAY_SECONDS.matcher(text);
    Optional<Duration> wait =
        seconds.matches()
            ? Optional.of(toDuration(seconds.group(1), max))
            : HttpDate.parse(text, now)
                .map(
                    at ->
                        Duration.between(
                            date.flatMap(sent -> HttpDate.parse(sent.strip(), now)).orElse(now),
                            at));
    return wait.map(asked -> asked.compareTo(max) > 0 ? max : asked)
        .map(asked -> asked.isNegative() ? Duration.ZERO : asked);
  }

  /**
   * @param digits without leading zeros
   */
  private static Duration toDuration(String digits, Duration max) {
    if (digits.length() > MAX_DIGITS) {
      return max;
    }
    return digits.isEmpty() ? Duration.ZERO : Duration.ofSeconds(Long.parseLong(digits));
  }
}

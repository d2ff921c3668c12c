package agentpost.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one reader of {@code Retry-After} in answers to us: {@code delay-seconds} or an {@code
 * HTTP-date} (RFC 9110, 10.2.3). Anything else is dropped where the header comes in, so that it
 * harms nobody further on: EventBridge gives an event up at once for {@code Retry-After: -1}.
 */
public final class RetryAfter {
  /**
   * EventBridge keeps an event for 24 h: a longer wait would not delay the next attempt, it would
   * be the end of the event.
   */
  public static final Duration MAX_WAIT = Duration.ofHours(24);

  /** {@code delay-seconds = 1*DIGIT}. */
  private static final Pattern DELAY_SECONDS = Pattern.compile("0*([0-9]{1,9})");

  private RetryAfter() {}

  /**
   * How long the answer asks to wait; zero for a date that is past, nothing if it asks for more
   * than {@link #MAX_WAIT}.
   *
   * @param value the field's value; of a field that came several times, all of them joined by
   *     commas (RFC 9110, 5.3), which is never a valid one
   * @param date of the same answer, if it has one: a date is one of the answerer's clock
   * @param now by our clock
   */
  public static Optional<Duration> parse(String value, Optional<String> date, Instant now) {
    String text = value.strip();
    Matcher seconds = DELAY_SECONDS.matcher(text);
    Optional<Duration> wait =
        seconds.matches()
            ? Optional.of(Duration.ofSeconds(Long.parseLong(seconds.group(1))))
            : HttpDate.parse(text, now)
                .map(
                    at ->
                        Duration.between(
                            date.flatMap(sent -> HttpDate.parse(sent.strip(), now)).orElse(now),
                            at));
    return wait.filter(asked -> asked.compareTo(MAX_WAIT) <= 0)
        .map(asked -> asked.isNegative() ? Duration.ZERO : asked);
  }
}

package agentpost.local.eventbridge.targets;

import agentpost.http.HttpDate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer's {@code Retry-After}: seconds or an HTTP date (RFC 9110, 10.2.3); what is neither is
 * as if it were not there.
 */
public sealed interface RetryAfter {
  /** How long it asks to wait. */
  record Wait(Duration time) implements RetryAfter {}

  /** A negative number: not again. */
  record Never() implements RetryAfter {}

  Pattern SECONDS = Pattern.compile("(-?)0*+([0-9]*)");

  /** Longer than any event is kept, and short enough to reckon with. */
  Duration FOR_EVER = Duration.ofDays(10_000);

  /**
   * Nothing if it is none.
   *
   * @param answered when, by the answerer's clock: a date is one of its clock, which may not be the
   *     timeline's
   */
  static Optional<RetryAfter> read(String value, Instant answered) {
    String text = value.strip();
    Matcher seconds = SECONDS.matcher(text);
    if (seconds.matches() && text.length() > seconds.group(1).length()) {
      Duration wait = atMostForEver(duration(seconds.group(2)));
      return Optional.of(
          seconds.group(1).isEmpty() || wait.isZero() ? new Wait(wait) : new Never());
    }
    return HttpDate.parse(text, answered)
        .map(at -> Duration.between(answered, at))
        .map(wait -> new Wait(wait.isNegative() ? Duration.ZERO : atMostForEver(wait)));
  }

  /**
   * @param digits without leading zeros; more than nine are decades
   */
  private static Duration duration(String digits) {
    return digits.isEmpty()
        ? Duration.ZERO
        : digits.length() <= 9 ? Duration.ofSeconds(Long.parseLong(digits)) : FOR_EVER;
  }

  private static Duration atMostForEver(Duration wait) {
    return wait.compareTo(FOR_EVER) > 0 ? FOR_EVER : wait;
  }
}

package agentpost.local.eventbridge.targets;

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

  Pattern NEGATIVE = Pattern.compile("-0*+([0-9]*)(?<=[0-9])");

  /** Longer than any event is kept, and short enough to reckon with. */
  Duration FOR_EVER = Duration.ofDays(10_000);

  /**
   * Nothing if it is none.
   *
   * @param answered when, by the answerer's clock: a date is one of its clock, which may not be the
   *     timeline's
   */
  static Optional<RetryAfter> read(String value, Instant answered) {
    Matcher negative = NEGATIVE.matcher(value.strip());
    if (negative.matches()) {
      return Optional.of(negative.group(1).isEmpty() ? new Wait(Duration.ZERO) : new Never());
    }
    return agentpost.http.RetryAfter.parse(value, Optional.empty(), answered, FOR_EVER)
        .map(Wait::new);
  }
}

package agentpost.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** How far off a signed timestamp may be, both ways, so that a recorded request cannot be sent again later. */
public record Freshness(Clock clock, Duration tolerance) {
  /** Of Stripe's libraries and of Slack's documentation. */
  public static final Duration DEFAULT_TOLERANCE = Duration.ofMinutes(5);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  public Freshness {
    if (tolerance.isNegative()) {
      throw new IllegalArgumentException("The tolerance must not be negative, got " + tolerance);
    }
  }

  /**
   * What is wrong with a timestamp; nothing if it is in time. Exactly at the tolerance still is; the clock's fractions of a second do not count.
   *
   * @param where it was found, for whoever looks for the reason
   */
  Optional<SourceVerification> objection(String where, String timestamp) {
    if (!SECONDS.matcher(timestamp).matches()) {
      return Optional.of(new SourceVerification.Malformed(where + " must be whole seconds since 1970, in at most 12 digits"));
    }
    Instant sentAt = Instant.ofEpochSecond(Long.parseLong(timestamp));
    long off = Math.abs(clock.instant().getEpochSecond() - sentAt.getEpochSecond());
    return off > tolerance.toSeconds() ? Optional.of(new SourceVerification.Stale(sentAt, tolerance)) : Optional.empty();
  }
}

package agentpost.ingest;

import agentpost.catalog.TimestampUnit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far off a signed timestamp may be, both ways, so that a recorded request cannot be sent again
 * later.
 */
public record TimestampPolicy(Clock clock, Duration tolerance) {
  /** Of Stripe's libraries and of Slack's documentation. */
  public static final Duration DEFAULT_TOLERANCE = Duration.ofMinutes(5);

  public TimestampPolicy {
    if (tolerance.isNegative()) {
      throw new IllegalArgumentException("The tolerance must not be negative, got " + tolerance);
    }
  }

  /**
   * What is wrong with a timestamp; nothing if it is in time. Exactly at the tolerance still is;
   * the clock's fractions of a second do not count.
   *
   * @param where it was found, for whoever looks for the reason
   */
  public Optional<SourceVerification> objection(
      String where, String timestamp, TimestampUnit unit) {
    Optional<Instant> sentAt = unit.read(timestamp);
    if (sentAt.isEmpty()) {
      return Optional.of(new SourceVerification.Malformed(where + " must be " + unit.shape()));
    }
    long off = Math.abs(clock.instant().getEpochSecond() - sentAt.get().getEpochSecond());
    return off > tolerance.toSeconds()
        ? Optional.of(new SourceVerification.Stale(sentAt.get(), tolerance))
        : Optional.empty();
  }
}

package agentpost.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What the owner of an external agent's URL said of deliveries, as its row has it. URLs are there
 * as digests: one may have a password in it.
 *
 * @param verifiedUrl the URL at which a challenge was last answered
 * @param asked the challenge that is under way or has come to nothing
 * @param stop nothing while all is well
 */
public record Consent(
    Optional<String> verifiedUrl, Optional<PendingChallenge> asked, Optional<Suspension> stop) {
  static final Consent NONE = new Consent(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * @param url that was asked
   * @param due when it may be asked again
   * @param pause until then; doubled each time
   * @param lease until when the one that asks is at it, by the wall's clock
   */
  public record PendingChallenge(String url, Instant due, Duration pause, Instant lease) {}

  /**
   * A time in which nothing is delivered.
   *
   * @param url that answered 410 and is not called any more; nothing if it only did not answer a
   *     challenge, or a person has resumed deliveries
   * @param announced whether {@code agent.stopped} is certain to be on the bus
   * @param ended when deliveries were resumed, or the challenge was answered; {@code agent.resumed}
   *     is due then
   */
  public record Suspension(
      Instant since,
      Reason reason,
      Optional<String> url,
      boolean announced,
      Optional<Instant> ended) {}

  /** Why nothing is delivered. */
  public enum Reason {
    /** It answered 410. */
    GONE,
    /** It does not answer the challenge as it should. */
    UNVERIFIED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Consent of(HealthRow row) {
    return new Consent(
        row.text(Attribute.VERIFIED_URL),
        row.instant(Attribute.CHALLENGE_DUE)
            .map(
                due ->
                    new PendingChallenge(
                        row.text(Attribute.CHALLENGE_URL).orElse(""),
                        due,
                        row.duration(Attribute.CHALLENGE_WAIT),
                        row.instant(Attribute.CHALLENGE_LEASE).orElse(Instant.EPOCH))),
        row.instant(Attribute.STOPPED_AT)
            .map(
                since ->
                    new Suspension(
                        since,
                        row.text(Attribute.STOPPED_BECAUSE)
                            .filter(Reason.GONE.label()::equals)
                            .map(_ -> Reason.GONE)
                            .orElse(Reason.UNVERIFIED),
                        row.text(Attribute.STOPPED_URL),
                        row.instant(Attribute.STOP_ANNOUNCED_AT).isPresent(),
                        row.instant(Attribute.STOP_ENDED_AT))));
  }

  public boolean isVerified(String url) {
    return verifiedUrl.filter(url::equals).isPresent();
  }

  /** Whether it said 410 at this URL, and nobody has resumed deliveries since. */
  public boolean isGone(String url) {
    return stop.flatMap(Suspension::url).filter(url::equals).isPresent();
  }

  /** Whether it said 410, at whatever URL, and nobody has resumed deliveries since. */
  public boolean isGone() {
    return stop.filter(one -> one.reason() == Reason.GONE && one.ended().isEmpty()).isPresent();
  }
}

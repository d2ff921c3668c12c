package agentpost.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What the owner of an external agent's URL said of deliveries, as its row has it. URLs are there
 * as digests: one may have a password in it.
 *
 * @param proven the URL at which a challenge was last answered
 * @param asked the challenge that is under way or has come to nothing
 * @param stop nothing while all is well
 */
public record Consent(
    Optional<String> proven, Optional<PendingChallenge> asked, Optional<Suspension> stop) {
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
      Reason because,
      Optional<String> url,
      boolean announced,
      Optional<Instant> ended) {}

  /** Why nothing is delivered. */
  public enum Reason {
    /** It answered 410. */
    GONE,
    /** It does not answer the challenge as it should. */
    UNPROVEN;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Consent of(Map<String, AttributeValue> row) {
    return new Consent(
        text(row, "proven_url"),
        HealthTable.instantOf(row, "challenge_due")
            .map(
                due ->
                    new PendingChallenge(
                        text(row, "challenge_url").orElse(""),
                        due,
                        Duration.ofMillis(HealthTable.number(row, "challenge_wait").orElse(0L)),
                        HealthTable.instantOf(row, "challenge_lease").orElse(Instant.EPOCH))),
        HealthTable.instantOf(row, "stopped_at")
            .map(
                since ->
                    new Suspension(
                        since,
                        text(row, "stopped_because")
                            .filter(Reason.GONE.label()::equals)
                            .map(_ -> Reason.GONE)
                            .orElse(Reason.UNPROVEN),
                        text(row, "stopped_url"),
                        HealthTable.instantOf(row, "stop_announced_at").isPresent(),
                        HealthTable.instantOf(row, "stop_ended_at"))));
  }

  public boolean isProven(String url) {
    return proven.filter(url::equals).isPresent();
  }

  /** Whether it said 410 at this URL, and nobody has resumed deliveries since. */
  public boolean isGone(String url) {
    return stop.flatMap(Suspension::url).filter(url::equals).isPresent();
  }

  /** Whether it said 410, at whatever URL, and nobody has resumed deliveries since. */
  public boolean isGone() {
    return stop.filter(one -> one.because() == Reason.GONE && one.ended().isEmpty()).isPresent();
  }

  private static Optional<String> text(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name)).map(AttributeValue::s);
  }
}

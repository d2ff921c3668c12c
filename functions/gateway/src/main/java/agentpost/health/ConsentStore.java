package agentpost.health;

import static agentpost.health.HealthTable.millisAttribute;
import static agentpost.health.HealthTable.number;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.health.HealthTable.Change;
import agentpost.health.HealthTable.WriteResult;
import agentpost.signing.Digest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The transitions of owners' consents, each a conditional update: of many relays at the same
 * instant one asks.
 */
public final class ConsentStore {
  /** A restart of the other side; doubled each time that it does not answer. */
  static final Duration INITIAL_DELAY = Duration.ofSeconds(30);

  /**
   * EventBridge tries 185 times in 24 h: once in less than ten minutes would spend the attempts too
   * early, as ADR 11 has it.
   */
  static final Duration MAX_DELAY = Duration.ofMinutes(10);

  /** Of hex: 128 bits. */
  private static final int DIGEST_LENGTH = 32;

  private static final String END_STOP =
      "REMOVE stopped_url, challenge_url, challenge_due, challenge_wait, challenge_lease";
  private static final String REMOVE_SUSPENSION =
      "REMOVE stopped_at, stopped_because, stopped_url, stop_announced_at, stop_ended_at";

  private final HealthTable table;

  public ConsentStore(HealthTable table) {
    this.table = table;
  }

  /** As the table has a URL: one may have a password in it. */
  public static String digest(URI url) {
    return Digest.sha256Hex(url.toString().getBytes(UTF_8)).substring(0, DIGEST_LENGTH);
  }

  public Consent read(AgentName agent) {
    return Consent.of(table.consentRow(agent));
  }

  /**
   * Asks for the one challenge that may be sent now.
   *
   * @param known as it was read
   * @param lease how long asking takes at most, by the wall's clock
   * @return what is known now, and whether the caller may ask
   */
  public ChallengeLease ask(
      AgentName agent, String url, Consent known, Instant now, Instant wall, Duration lease) {
    Duration before =
        known
            .asked()
            .filter(asked -> asked.url().equals(url))
            .map(Consent.PendingChallenge::pause)
            .orElse(Duration.ZERO);
    Duration doubled = before.isZero() ? INITIAL_DELAY : before.multipliedBy(2);
    Duration wait = doubled.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : doubled;
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":url", AttributeValue.fromS(url));
    values.put(":now", millisAttribute(now));
    values.put(":wall", millisAttribute(wall));
    values.put(":due", millisAttribute(now.plus(wait)));
    values.put(":wait", number(wait.toMillis()));
    values.put(":lease", millisAttribute(wall.plus(lease)));
    WriteResult written =
        table.updateConsent(
            agent,
            new Change(
                "challenge_url = :url, challenge_due = :due, challenge_wait = :wait,"
                    + " challenge_lease = :lease",
                "",
                "(attribute_not_exists(proven_url) OR proven_url <> :url) AND"
                    + " (attribute_not_exists(stopped_url) OR stopped_url <> :url) AND"
                    + " (attribute_not_exists(challenge_due) OR challenge_url <> :url OR"
                    + " (challenge_due <= :now AND challenge_lease <= :wall))",
                values));
    return new ChallengeLease(Consent.of(written.row()), written.done());
  }

  /**
   * @param mine the caller sends the challenge
   */
  public record ChallengeLease(Consent consent, boolean mine) {}

  /** The challenge was answered at this URL. If deliveries were stopped, that is over. */
  public Consent recordProven(AgentName agent, String url, Instant now) {
    Map<String, AttributeValue> values =
        Map.of(":url", AttributeValue.fromS(url), ":now", millisAttribute(now));
    WriteResult ended =
        table.updateConsent(
            agent,
            new Change(
                "proven_url = :url, proven_at = :now, stop_ended_at = if_not_exists(stop_ended_at,"
                    + " :now)",
                END_STOP,
                "attribute_exists(stopped_at)",
                values));
    return ended.done()
        ? Consent.of(ended.row())
        : Consent.of(
            table
                .updateConsent(
                    agent,
                    new Change(
                        "proven_url = :url, proven_at = :now",
                        END_STOP,
                        "attribute_not_exists(stopped_at)",
                        values))
                .row());
  }

  /** The challenge came to nothing. From the first one on, the agent's deliveries are stopped. */
  public Consent recordUnproven(AgentName agent, Instant now) {
    Change change =
        new Change(
            "stopped_at = :now, stopped_because = :because",
            "",
            "attribute_not_exists(stopped_at)",
            Map.of(
                ":now",
                millisAttribute(now),
                ":because",
                AttributeValue.fromS(Consent.Reason.UNPROVEN.label())));
    return Consent.of(table.updateConsent(agent, change).row());
  }

  /** It answered 410 at this URL: a stop of its own, whatever there was before. */
  public Consent recordGone(AgentName agent, String url, Instant now) {
    Change change =
        new Change(
            "stopped_at = :now, stopped_because = :because, stopped_url = :url",
            "REMOVE proven_url, proven_at, stop_announced_at, stop_ended_at",
            "attribute_not_exists(stopped_url) OR stopped_url <> :url",
            Map.of(
                ":now",
                millisAttribute(now),
                ":because",
                AttributeValue.fromS(Consent.Reason.GONE.label()),
                ":url",
                AttributeValue.fromS(url)));
    return Consent.of(table.updateConsent(agent, change).row());
  }

  /**
   * A person wants deliveries again: the next event is preceded by a challenge at once.
   *
   * @return the stop that is over; nothing if there was none
   */
  public Optional<Consent.Suspension> resume(AgentName agent, Instant now) {
    Change change =
        new Change(
            "stop_ended_at = if_not_exists(stop_ended_at, :now)",
            END_STOP,
            "attribute_exists(stopped_at) AND attribute_not_exists(stop_ended_at)",
            Map.of(":now", millisAttribute(now)));
    WriteResult written = table.updateConsent(agent, change);
    return written.done() ? Consent.of(written.row()).stop() : Optional.empty();
  }

  void recordAnnounced(AgentName agent, Consent.Suspension stop) {
    table.updateConsent(
        agent,
        new Change(
            "stop_announced_at = :since",
            "",
            "stopped_at = :since",
            Map.of(":since", millisAttribute(stop.since()))));
  }

  /** Of a stop that is over nothing is kept. */
  void forget(AgentName agent, Consent.Suspension stop, Instant ended, Instant now) {
    Map<String, AttributeValue> values =
        Map.of(
            ":since",
            millisAttribute(stop.since()),
            ":ended",
            millisAttribute(ended),
            ":now",
            millisAttribute(now));
    table.updateConsent(
        agent,
        new Change(
            "tended_at = :now",
            REMOVE_SUSPENSION,
            "stopped_at = :since AND stop_ended_at = :ended",
            values));
  }
}

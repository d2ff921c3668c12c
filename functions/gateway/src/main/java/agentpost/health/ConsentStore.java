package agentpost.health;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.health.HealthTable.WriteResult;
import agentpost.platform.Backoff;
import agentpost.signing.Digest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The transitions of owners' consents, each a conditional update: of many relays at the same
 * instant one asks.
 */
public final class ConsentStore {
  /**
   * First a restart of the other side, then longer. EventBridge tries 185 times in 24 h: once in
   * less than ten minutes would spend the attempts too early, as ADR 11 has it.
   */
  static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(10));

  /** Of hex: 128 bits. */
  private static final int DIGEST_LENGTH = 32;

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
    Condition open =
        Condition.all(
            Condition.any(
                Condition.isAbsent(Attribute.VERIFIED_URL),
                Condition.differs(Attribute.VERIFIED_URL, url)),
            Condition.any(
                Condition.isAbsent(Attribute.STOPPED_URL),
                Condition.differs(Attribute.STOPPED_URL, url)),
            Condition.any(
                Condition.isAbsent(Attribute.CHALLENGE_DUE),
                Condition.differs(Attribute.CHALLENGE_URL, url),
                Condition.all(
                    Condition.isOver(Attribute.CHALLENGE_DUE, now),
                    Condition.isOver(Attribute.CHALLENGE_LEASE, wall))));
    Duration wait = BACKOFF.delayAfter(before);
    WriteResult written =
        table.updateConsent(
            agent,
            Change.when(open)
                .set(Attribute.CHALLENGE_URL, url)
                .set(Attribute.CHALLENGE_DUE, now.plus(wait))
                .set(Attribute.CHALLENGE_WAIT, wait)
                .set(Attribute.CHALLENGE_LEASE, wall.plus(lease)));
    return new ChallengeLease(Consent.of(written.row()), written.done());
  }

  /**
   * @param mine the caller sends the challenge
   */
  public record ChallengeLease(Consent consent, boolean mine) {}

  /** The challenge was answered at this URL. If deliveries were stopped, that is over. */
  public Consent recordVerified(AgentName agent, String url, Instant now) {
    WriteResult ended =
        table.updateConsent(
            agent,
            endSuspension(Condition.exists(Attribute.STOPPED_AT), now)
                .set(Attribute.VERIFIED_URL, url)
                .set(Attribute.VERIFIED_AT, now));
    return Consent.of(
        ended.done()
            ? ended.row()
            : table
                .updateConsent(
                    agent,
                    endChallenge(Condition.isAbsent(Attribute.STOPPED_AT))
                        .set(Attribute.VERIFIED_URL, url)
                        .set(Attribute.VERIFIED_AT, now))
                .row());
  }

  private static Change endSuspension(Condition condition, Instant now) {
    return endChallenge(condition).setIfAbsent(Attribute.STOP_ENDED_AT, now);
  }

  private static Change endChallenge(Condition condition) {
    return Change.when(condition)
        .remove(
            Attribute.STOPPED_URL,
            Attribute.CHALLENGE_URL,
            Attribute.CHALLENGE_DUE,
            Attribute.CHALLENGE_WAIT,
            Attribute.CHALLENGE_LEASE);
  }

  /** The challenge came to nothing. From the first one on, the agent's deliveries are stopped. */
  public Consent recordUnverified(AgentName agent, Instant now) {
    Change change =
        suspend(Condition.isAbsent(Attribute.STOPPED_AT), Consent.Reason.UNVERIFIED, now);
    return Consent.of(table.updateConsent(agent, change).row());
  }

  /** It answered 410 at this URL: a stop of its own, whatever there was before. */
  public Consent recordGone(AgentName agent, String url, Instant now) {
    Condition elsewhere =
        Condition.any(
            Condition.isAbsent(Attribute.STOPPED_URL),
            Condition.differs(Attribute.STOPPED_URL, url));
    Change change =
        suspend(elsewhere, Consent.Reason.GONE, now)
            .set(Attribute.STOPPED_URL, url)
            .remove(
                Attribute.VERIFIED_URL,
                Attribute.VERIFIED_AT,
                Attribute.STOP_ANNOUNCED_AT,
                Attribute.STOP_ENDED_AT);
    return Consent.of(table.updateConsent(agent, change).row());
  }

  private static Change suspend(Condition condition, Consent.Reason reason, Instant now) {
    return Change.when(condition)
        .set(Attribute.STOPPED_AT, now)
        .set(Attribute.STOPPED_BECAUSE, reason.label());
  }

  /**
   * A person wants deliveries again: the next event is preceded by a challenge at once.
   *
   * @return the stop that is over; nothing if there was none
   */
  public Optional<Consent.Suspension> resume(AgentName agent, Instant now) {
    Condition stopped =
        Condition.all(
            Condition.exists(Attribute.STOPPED_AT), Condition.isAbsent(Attribute.STOP_ENDED_AT));
    WriteResult written = table.updateConsent(agent, endSuspension(stopped, now));
    return written.done() ? Consent.of(written.row()).stop() : Optional.empty();
  }

  void recordAnnounced(AgentName agent, Consent.Suspension stop) {
    table.updateConsent(
        agent,
        Change.when(Condition.equal(Attribute.STOPPED_AT, stop.since()))
            .set(Attribute.STOP_ANNOUNCED_AT, stop.since()));
  }

  /** Of a stop that is over nothing is kept. */
  void forget(AgentName agent, Consent.Suspension stop, Instant ended, Instant now) {
    Condition over =
        Condition.all(
            Condition.equal(Attribute.STOPPED_AT, stop.since()),
            Condition.equal(Attribute.STOP_ENDED_AT, ended));
    table.updateConsent(
        agent,
        Change.when(over)
            .set(Attribute.TENDED_AT, now)
            .remove(
                Attribute.STOPPED_AT,
                Attribute.STOPPED_BECAUSE,
                Attribute.STOPPED_URL,
                Attribute.STOP_ANNOUNCED_AT,
                Attribute.STOP_ENDED_AT));
  }
}

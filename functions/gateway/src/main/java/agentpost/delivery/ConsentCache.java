package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.health.Consent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What this instance was last told of owners' consents. */
final class ConsentCache {
  /** So long another instance's news may take to get here. */
  static final Duration TTL = Duration.ofSeconds(5);

  /** While the table does not answer, who was well is taken to be well. */
  private static final Duration MAX_STALENESS = Duration.ofMinutes(10);

  private record Known(Consent consent, Instant readAt) {}

  private final Map<AgentName, Known> known = new ConcurrentHashMap<>();

  Optional<Consent> findFresh(AgentName agent, Instant now) {
    return find(agent, now, TTL);
  }

  Optional<Consent> findStale(AgentName agent, Instant now) {
    return find(agent, now, MAX_STALENESS);
  }

  void put(AgentName agent, Consent consent, Instant now) {
    known.put(agent, new Known(consent, now));
  }

  /** Of either side of now: a clock that was set back must not keep what is old. */
  private Optional<Consent> find(AgentName agent, Instant now, Duration age) {
    return Optional.ofNullable(known.get(agent))
        .filter(one -> Duration.between(one.readAt(), now).abs().compareTo(age) < 0)
        .map(Known::consent);
  }
}

package agentpost.health;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A time in which an agent is unhealthy, as its row has it. The two events about it are made of the
 * row alone, ids included, so that publishing one again publishes the same.
 *
 * @param announced whether {@code agent.unhealthy} is certain to be on the bus
 * @param ended when it was found to be over; from then on {@code agent.recovered} is due
 * @param troubledAt when the circuit last tripped, or a probe last failed
 * @param failedAt when an attempt last failed, also if that tripped nothing
 */
record Outage(
    Instant since,
    Reason reason,
    boolean announced,
    Optional<Instant> ended,
    Instant troubledAt,
    Optional<Instant> failedAt) {
  private static final String SOURCE = "health";

  /** What showed it first. */
  public enum Reason {
    /** So many of the last deliveries failed that the circuit opened. */
    CIRCUIT_OPEN,
    /** There are dead letters, and the agent does not take the one it was tried with. */
    DEAD_LETTERS;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Reason of(String label) {
      return label.equals(DEAD_LETTERS.label()) ? DEAD_LETTERS : CIRCUIT_OPEN;
    }
  }

  static Optional<Outage> of(HealthRow row) {
    return row.instant(Attribute.OUTAGE_SINCE)
        .map(
            since ->
                new Outage(
                    since,
                    Reason.of(row.text(Attribute.OUTAGE_BECAUSE).orElse("")),
                    row.instant(Attribute.ANNOUNCED_AT).isPresent(),
                    row.instant(Attribute.ENDED_AT),
                    row.instant(Attribute.TROUBLED_AT).orElse(since),
                    row.instant(Attribute.FAILED_AT)));
  }

  /**
   * A moment without trouble is no health: until then, what goes wrong again belongs to the same
   * outage.
   */
  boolean hasSettled(Duration quiet, Instant now) {
    Instant last = failedAt.filter(troubledAt::isBefore).orElse(troubledAt);
    return !last.plus(quiet).isAfter(now);
  }

  Event unhealthyEvent(AgentName agent) {
    return event(
        agent,
        "agent.unhealthy",
        since,
        data(agent).put("because", reason.label()),
        Optional.empty());
  }

  Event recoveredEvent(AgentName agent, Instant ended) {
    ObjectNode data =
        data(agent)
            .put("recovered_at", ended.toString())
            .put("lasted_seconds", Duration.between(since, ended).toSeconds());
    return event(agent, "agent.recovered", ended, data, Optional.of(id(agent, "agent.unhealthy")));
  }

  private ObjectNode data(AgentName agent) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("agent", agent.value())
        .put("since", since.toString());
  }

  private Event event(
      AgentName agent, String type, Instant at, ObjectNode data, Optional<EventId> cause) {
    return new Event(
        id(agent, type),
        type,
        at,
        data,
        new Event.Metadata(SOURCE, new CorrelationId("outage-" + ownId(agent)), cause, 1));
  }

  private EventId id(AgentName agent, String type) {
    return EventId.derive(SOURCE, new EventId(ownId(agent)), type);
  }

  private String ownId(AgentName agent) {
    return agent + "-" + since.toEpochMilli();
  }
}

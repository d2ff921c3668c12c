package agentpost.health;

import agentpost.catalog.AgentName;
import java.time.Instant;

/** The transitions of outages, each a conditional update of the agent's row. */
final class OutageStore {
  private final HealthTable table;

  OutageStore(HealthTable table) {
    this.table = table;
  }

  /**
   * With a change that shows it: an outage begins, if there is none; either way the agent is in
   * trouble now.
   */
  static Change begin(Change change, Outage.Reason reason, Instant now) {
    return change
        .set(Attribute.TROUBLED_AT, now)
        .setIfAbsent(Attribute.OUTAGE_SINCE, now)
        .setIfAbsent(Attribute.OUTAGE_BECAUSE, reason.label());
  }

  /** Whether that is still the outage there is. */
  boolean recordAnnounced(AgentName agent, Outage outage, Instant now) {
    Change change =
        Change.when(Condition.equal(Attribute.OUTAGE_SINCE, outage.since()))
            .set(Attribute.ANNOUNCED_AT, outage.since());
    return table.update(agent, now, change).done();
  }

  /** Whether it is over: nothing has failed since the row was read. */
  boolean recordEnded(AgentName agent, Outage outage, Instant ended, Instant now) {
    Condition unchanged =
        Condition.all(
            Condition.equal(Attribute.OUTAGE_SINCE, outage.since()),
            Condition.equal(Attribute.TROUBLED_AT, outage.troubledAt()),
            Condition.any(
                Condition.isAbsent(Attribute.FAILED_AT),
                Condition.equal(Attribute.FAILED_AT, outage.failedAt().orElse(Instant.EPOCH))),
            Condition.isAbsent(Attribute.ENDED_AT),
            Condition.isAbsent(Attribute.OPEN_UNTIL));
    return table.update(agent, now, Change.when(unchanged).set(Attribute.ENDED_AT, ended)).done();
  }

  /** Nothing is kept of it; if it went wrong again in between, that is the next outage. */
  void forget(AgentName agent, Instant ended, Instant now) {
    Condition thatOne = Condition.equal(Attribute.ENDED_AT, ended);
    Change forget =
        Change.when(Condition.all(thatOne, Condition.isBefore(Attribute.TROUBLED_AT, ended)))
            .remove(
                Attribute.OUTAGE_SINCE,
                Attribute.OUTAGE_BECAUSE,
                Attribute.ANNOUNCED_AT,
                Attribute.ENDED_AT);
    if (!table.update(agent, now, forget).done()) {
      table.update(
          agent,
          now,
          Change.when(thatOne)
              .copy(Attribute.OUTAGE_SINCE, Attribute.TROUBLED_AT)
              .remove(Attribute.ANNOUNCED_AT, Attribute.ENDED_AT));
    }
  }
}

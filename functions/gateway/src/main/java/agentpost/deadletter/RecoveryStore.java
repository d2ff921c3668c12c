package agentpost.deadletter;

import static agentpost.health.HealthTable.millisAttribute;
import static agentpost.health.HealthTable.number;

import agentpost.catalog.AgentName;
import agentpost.catalog.RecoveryPolicy;
import agentpost.health.HealthTable;
import agentpost.health.HealthTable.Change;
import agentpost.health.OutageAnnouncer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The transitions of recoveries, each a conditional update: of two runs at once, one has an agent
 * in hand.
 */
final class RecoveryStore {
  /** Longer than the function runs. */
  private static final Duration LEASE = Duration.ofSeconds(65);

  private static final String MINE = "recovery_lease = :lease";

  private final HealthTable table;
  private final Clock clock;
  private final Clock deadlines;

  /**
   * @param clock the wall's, for leases
   * @param deadlines for waits
   */
  RecoveryStore(HealthTable table, Clock clock, Clock deadlines) {
    this.table = table;
    this.clock = clock;
    this.deadlines = deadlines;
  }

  /**
   * The lease, or nothing if another run has the agent in hand, or has had it since the state was
   * read.
   */
  Optional<Instant> begin(AgentName agent, RecoveryState state) {
    Instant wall = clock.instant();
    Instant lease = Instant.ofEpochMilli(wall.plus(LEASE).toEpochMilli());
    Map<String, AttributeValue> values =
        new HashMap<>(Map.of(":lease", millisAttribute(lease), ":wall", millisAttribute(wall)));
    state.due().ifPresent(due -> values.put(":due", millisAttribute(due)));
    String unchanged =
        state.due().isPresent() ? "recovery_due = :due" : "attribute_not_exists(recovery_due)";
    Change change =
        new Change(
            "recovery_lease = :lease",
            "",
            "(attribute_not_exists(recovery_lease) OR recovery_lease <= :wall) AND " + unchanged,
            values);
    return table.update(agent, deadlines.instant(), change).done()
        ? Optional.of(lease)
        : Optional.empty();
  }

  /** A run that has an agent in hand, and what it has found out. */
  record LeasedRecovery(
      AgentName agent,
      Instant lease,
      RecoveryState state,
      RecoveryPolicy settings,
      Set<String> refused,
      boolean delivered) {}

  /** The agent does not take what it is sent: an outage, unless it only asks for less. */
  void recordFailure(LeasedRecovery hand, boolean isOutage) {
    Instant now = deadlines.instant();
    Map<String, AttributeValue> values = values(hand, nextBackoff(hand), now);
    values.put(":now", millisAttribute(now));
    if (isOutage) {
      values.putAll(OutageAnnouncer.because());
    }
    end(
        hand,
        now,
        "recovery_failed_at = :now" + (isOutage ? ", " + OutageAnnouncer.outageAssignment() : ""),
        ", recovery_rate, looked_depth",
        values);
  }

  /** Its turn is over and there are more; the next one goes on. */
  void recordPause(LeasedRecovery hand, int rate, Duration wait) {
    Instant now = deadlines.instant();
    Map<String, AttributeValue> values = values(hand, wait, now);
    values.put(":rate", number(rate));
    end(hand, now, "recovery_rate = :rate", ", recovery_failed_at, looked_depth", values);
  }

  /**
   * There is nothing that could be sent by itself. What is left stays, and is looked at less and
   * less often until there is more or less of it.
   */
  void recordCleared(LeasedRecovery hand, int depth, int stuck) {
    Instant now = deadlines.instant();
    Map<String, AttributeValue> values = values(hand, nextBackoff(hand), now);
    values.put(":depth", number(depth));
    values.put(":stuck", number(stuck));
    end(
        hand,
        now,
        "looked_depth = :depth, stuck_count = :stuck",
        ", recovery_rate, recovery_failed_at",
        values);
  }

  /** The queue is empty: nothing of what was known of it matters. */
  void forget(AgentName agent) {
    Change change =
        new Change(
            "",
            "REMOVE recovery_lease, recovery_due, recovery_wait, recovery_rate, recovery_failed_at,"
                + " looked_depth, stuck_count, refused_ids",
            "attribute_not_exists(recovery_lease) OR recovery_lease <= :wall",
            Map.of(":wall", millisAttribute(clock.instant())));
    table.update(agent, deadlines.instant(), change);
  }

  private static Duration nextBackoff(LeasedRecovery hand) {
    Duration before = hand.state().waited();
    if (before.isZero() || hand.delivered()) {
      return hand.settings().initialBackoff();
    }
    Duration doubled = before.multipliedBy(2);
    return doubled.compareTo(hand.settings().maxBackoff()) > 0
        ? hand.settings().maxBackoff()
        : doubled;
  }

  private static Map<String, AttributeValue> values(
      LeasedRecovery hand, Duration wait, Instant now) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":lease", millisAttribute(hand.lease()));
    values.put(":due", millisAttribute(now.plus(wait)));
    values.put(":wait", number(wait.toMillis()));
    return values;
  }

  private void end(
      LeasedRecovery hand,
      Instant now,
      String set,
      String remove,
      Map<String, AttributeValue> values) {
    String all = "recovery_due = :due, recovery_wait = :wait, " + set;
    if (!hand.refused().isEmpty()) {
      all += ", refused_ids = :refused";
      values.put(
          ":refused",
          AttributeValue.fromSs(
              hand.refused().stream().sorted().limit(RecoveryState.MAX_REFUSED).toList()));
    }
    table.update(
        hand.agent(), now, new Change(all, "REMOVE recovery_lease" + remove, MINE, values));
  }
}

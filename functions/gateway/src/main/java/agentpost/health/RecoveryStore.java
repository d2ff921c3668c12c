package agentpost.health;

import static java.util.stream.Collectors.toSet;

import agentpost.catalog.AgentName;
import agentpost.catalog.RecoveryPolicy;
import agentpost.platform.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The transitions of recoveries, each a conditional update: of two runs at once, one has an agent
 * in recovery.
 */
public final class RecoveryStore {
  /** Longer than the function runs. */
  private static final Duration LEASE = Duration.ofSeconds(65);

  private final HealthTable table;
  private final Clock clock;
  private final Clock deadlines;

  /**
   * @param clock the wall's, for leases
   * @param deadlines for waits
   */
  public RecoveryStore(HealthTable table, Clock clock, Clock deadlines) {
    this.table = table;
    this.clock = clock;
    this.deadlines = deadlines;
  }

  /**
   * The lease, or nothing if another run has the agent in hand, or has had it since the state was
   * read.
   */
  public Optional<Instant> begin(AgentName agent, RecoveryState state) {
    Instant wall = clock.instant();
    Instant lease = Change.truncate(wall.plus(LEASE));
    Condition unchanged =
        state
            .due()
            .map(due -> Condition.equal(Attribute.RECOVERY_DUE, due))
            .orElse(Condition.isAbsent(Attribute.RECOVERY_DUE));
    Change change =
        Change.when(Condition.all(Condition.isFree(Attribute.RECOVERY_LEASE, wall), unchanged))
            .set(Attribute.RECOVERY_LEASE, lease);
    return table.update(agent, deadlines.instant(), change).done()
        ? Optional.of(lease)
        : Optional.empty();
  }

  /** A run that has an agent in hand, and what it has found out. */
  public record LeasedRecovery(
      AgentName agent,
      Instant lease,
      RecoveryState state,
      RecoveryPolicy settings,
      Set<String> refused,
      boolean delivered) {}

  /** The agent does not take what it is sent: an outage, unless it only asks for less. */
  public void recordFailure(LeasedRecovery recovery, boolean isOutage) {
    Instant now = deadlines.instant();
    Change change =
        end(recovery, nextBackoff(recovery), now)
            .set(Attribute.RECOVERY_FAILED_AT, now)
            .remove(Attribute.RECOVERY_RATE, Attribute.LOOKED_DEPTH);
    table.update(
        recovery.agent(),
        now,
        isOutage ? OutageStore.begin(change, Outage.Reason.DEAD_LETTERS, now) : change);
  }

  /** Its turn is over and there are more; the next one goes on. */
  public void recordPause(LeasedRecovery recovery, int rate, Duration wait) {
    Instant now = deadlines.instant();
    table.update(
        recovery.agent(),
        now,
        end(recovery, wait, now)
            .set(Attribute.RECOVERY_RATE, rate)
            .remove(Attribute.RECOVERY_FAILED_AT, Attribute.LOOKED_DEPTH));
  }

  /**
   * There is nothing that could be sent by itself. What is left stays, and is looked at less and
   * less often until there is more or less of it.
   */
  public void recordCleared(LeasedRecovery recovery, int depth, int stuck) {
    Instant now = deadlines.instant();
    table.update(
        recovery.agent(),
        now,
        end(recovery, nextBackoff(recovery), now)
            .set(Attribute.LOOKED_DEPTH, depth)
            .set(Attribute.STUCK_COUNT, stuck)
            .remove(Attribute.RECOVERY_RATE, Attribute.RECOVERY_FAILED_AT));
  }

  /** The queue is empty: nothing of what was known of it matters. */
  public void forget(AgentName agent) {
    table.update(
        agent,
        deadlines.instant(),
        Change.when(Condition.isFree(Attribute.RECOVERY_LEASE, clock.instant()))
            .remove(
                Attribute.RECOVERY_LEASE,
                Attribute.RECOVERY_DUE,
                Attribute.RECOVERY_WAIT,
                Attribute.RECOVERY_RATE,
                Attribute.RECOVERY_FAILED_AT,
                Attribute.LOOKED_DEPTH,
                Attribute.STUCK_COUNT,
                Attribute.REFUSED_IDS));
  }

  private static Duration nextBackoff(LeasedRecovery recovery) {
    Duration before = recovery.delivered() ? Duration.ZERO : recovery.state().waited();
    return new Backoff(recovery.settings().initialBackoff(), recovery.settings().maxBackoff())
        .delayAfter(before);
  }

  private static Change end(LeasedRecovery recovery, Duration wait, Instant now) {
    Change change =
        Change.when(Condition.equal(Attribute.RECOVERY_LEASE, recovery.lease()))
            .set(Attribute.RECOVERY_DUE, now.plus(wait))
            .set(Attribute.RECOVERY_WAIT, wait)
            .remove(Attribute.RECOVERY_LEASE);
    return recovery.refused().isEmpty()
        ? change
        : change.set(
            Attribute.REFUSED_IDS,
            recovery.refused().stream().sorted().limit(RecoveryState.MAX_REFUSED).collect(toSet()));
  }
}

package agentpost.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * How far the recovery of one agent's letters is, as its row has it.
 *
 * @param lease until when a run has it in hand, by the wall's clock
 * @param due when to look again
 * @param waited before that; doubled while nothing gets better
 * @param rate that a drain is to go on with, nothing if it begins with one letter a second
 * @param failedAt when a probe last failed, nothing if the last one was taken
 * @param lookedDepth how many letters there were when a run last found none that it could send
 * @param stuck letters that it then left there
 * @param refused message ids of letters that the agent refused for good when they were sent by
 *     themselves
 */
public record RecoveryState(
    Optional<Instant> lease,
    Optional<Instant> due,
    Duration waited,
    Optional<Integer> rate,
    Optional<Instant> failedAt,
    Optional<Integer> lookedDepth,
    int stuck,
    Set<String> refused) {
  /**
   * More than a row can remember at little cost, and more than enough for a person to look first.
   */
  public static final int MAX_REFUSED = 1_000;

  public static RecoveryState of(HealthRow row) {
    return new RecoveryState(
        row.instant(Attribute.RECOVERY_LEASE),
        row.instant(Attribute.RECOVERY_DUE),
        row.duration(Attribute.RECOVERY_WAIT),
        row.count(Attribute.RECOVERY_RATE),
        row.instant(Attribute.RECOVERY_FAILED_AT),
        row.count(Attribute.LOOKED_DEPTH),
        row.count(Attribute.STUCK_COUNT).orElse(0),
        row.texts(Attribute.REFUSED_IDS));
  }

  public boolean isNothing() {
    return due.isEmpty() && lookedDepth.isEmpty() && refused.isEmpty();
  }

  /**
   * Whether to try now: when its time has come, or before that if something has changed: the
   * circuit closed after the last failed probe, or there are more or fewer letters than when none
   * could be sent.
   */
  public boolean isDue(Circuit circuit, int depth, Instant now, Instant wall) {
    boolean inHand = lease.filter(until -> until.isAfter(wall)).isPresent();
    boolean open = circuit.open().filter(one -> one.until().isAfter(now)).isPresent();
    if (inHand || open || refused.size() >= MAX_REFUSED) {
      return false;
    }
    boolean changed =
        failedAt.isPresent()
            ? circuit.closedAt().filter(closed -> closed.isAfter(failedAt.get())).isPresent()
            : lookedDepth.filter(then -> then != depth).isPresent();
    return changed || due.isEmpty() || !due.get().isAfter(now);
  }
}

package agentpost.local.outage;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came of an outage.
 *
 * @param mostWaiting events that were put and not delivered, at the worst
 * @param oldest the greatest age at which one was delivered
 * @param caughtUp from the agent's return until all that was put before is delivered and nothing
 *     has waited for a minute; nothing if that was not within the scenario's limit
 * @param runs of the relay
 * @param asked calls of the agent
 * @param inVain those while it was down
 * @param letters that EventBridge gave up
 * @param samples each minute
 */
public record OutageResult(
    int mostWaiting,
    Duration oldest,
    Optional<Duration> caughtUp,
    long runs,
    long asked,
    long inVain,
    int letters,
    List<Sample> samples) {
  /**
   * @param at since the outage began
   * @param waiting events that were put and not delivered, letters among them
   * @param age of the oldest of these
   */
  public record Sample(Duration at, int waiting, Duration age) {}
}

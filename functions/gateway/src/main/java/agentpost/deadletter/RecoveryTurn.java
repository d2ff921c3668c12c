package agentpost.deadletter;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.catalog.RecoveryPolicy;
import agentpost.deadletter.Report.Outcome;
import agentpost.health.RecoveryState;
import agentpost.health.RecoveryStore;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * One agent's turn: one letter as a probe, and when it is taken the others, at a rate that doubles
 * with each stage up to the agent's. The first failure ends it.
 */
final class RecoveryTurn {
  /**
   * So long a stage lasts, if the agent keeps up: long enough to show whether it bears the rate.
   */
  private static final int STAGE_SECONDS = 5;

  /**
   * Letters that cannot be sent and are passed over before one that can; to look further would hide
   * too many for too long.
   */
  private static final int MAX_SKIPPED = 1_000;

  private static final JsonMapper JSON = new JsonMapper();

  /** Whose turn it is, and how many letters it has. */
  record AgentBacklog(
      AgentName agent,
      AgentSettings settings,
      RecoveryPolicy recovery,
      RecoveryState state,
      int depth) {}

  private final Redrive redrive;
  private final RecoveryStore recoveries;
  private final Redrive.Pause pause;
  private final Consumer<String> log;

  RecoveryTurn(
      Redrive redrive, RecoveryStore recoveries, Redrive.Pause pause, Consumer<String> log) {
    this.redrive = redrive;
    this.recoveries = recoveries;
    this.pause = pause;
    this.log = log;
  }

  /**
   * @param hasTime as a redrive's
   */
  void run(AgentBacklog backlog, IntPredicate hasTime) throws InterruptedException {
    Optional<Instant> lease = recoveries.begin(backlog.agent(), backlog.state());
    if (lease.isEmpty()) {
      return;
    }
    Set<String> refused = new HashSet<>(backlog.state().refused());
    int delivered = 0;
    int rate = backlog.state().rate().orElse(1);
    int max = 1;
    while (true) {
      Redrive.Order order =
          new Redrive.Order(
              backlog.agent(),
              LetterFilter.ALL,
              rate,
              max,
              false,
              refused,
              TransientFailure::is,
              1,
              backlog.settings().inFlight());
      Report report = redrive.run(order, held -> held < MAX_SKIPPED && hasTime.test(held));
      log(order, report);
      report.outcomes().forEach(outcome -> remember(outcome, refused));
      delivered += (int) report.countDelivered();
      if (report.stopReason() == Report.StopReason.MAX_REACHED && !hasUnattempted(report)) {
        rate = max == 1 ? rate : Math.min(rate * 2, backlog.settings().rate());
        max = Math.max(2, rate * STAGE_SECONDS);
        pause.of(Duration.ofSeconds(1).dividedBy(rate));
      } else {
        RecoveryStore.LeasedRecovery recovery =
            new RecoveryStore.LeasedRecovery(
                backlog.agent(),
                lease.get(),
                backlog.state(),
                backlog.recovery(),
                refused,
                delivered > 0);
        end(recovery, report, rate, backlog.depth() - delivered);
        return;
      }
    }
  }

  private void end(RecoveryStore.LeasedRecovery recovery, Report report, int rate, int remaining) {
    if (report.stopReason() == Report.StopReason.AGENT_FAILING) {
      recoveries.recordFailure(recovery, isOutage(report));
    } else if (hasUnattempted(report)) {
      // It was not asked, for the directory or its secret could not be read, or its owner has not
      // agreed yet: that says nothing of it.
      recoveries.recordPause(recovery, rate, recovery.settings().initialBackoff());
    } else if (report.stopReason() == Report.StopReason.COMPLETED) {
      recoveries.recordCleared(recovery, report.returned(), report.returned());
    } else if (report.returned() >= MAX_SKIPPED) {
      recoveries.recordCleared(recovery, remaining, report.returned());
    } else {
      recoveries.recordPause(recovery, rate, Duration.ZERO);
    }
  }

  private static boolean hasUnattempted(Report report) {
    return report.outcomes().stream().anyMatch(Outcome.NotAttempted.class::isInstance);
  }

  /** What the agent refused for good is not sent by itself again. */
  private static void remember(Outcome outcome, Set<String> refused) {
    if (outcome instanceof Outcome.Refused(var letter, var status, _)
        && TransientFailure.isRefusal(status)) {
      refused.add(letter.messageId());
    }
  }

  /** One that asks for fewer with 429 is not down. */
  private static boolean isOutage(Report report) {
    return report.outcomes().stream()
        .anyMatch(
            outcome ->
                outcome instanceof Outcome.Refused(_, var status, _)
                    && status >= 500
                    && !TransientFailure.isRefusal(status));
  }

  private void log(Redrive.Order order, Report report) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("message", "recovery")
            .put("agent", order.agent().value())
            .put("rate", order.rate());
    for (Map.Entry<String, Object> value : report.values().entrySet()) {
      line.set(value.getKey(), JSON.valueToTree(value.getValue()));
    }
    log.accept(line.toString());
  }
}

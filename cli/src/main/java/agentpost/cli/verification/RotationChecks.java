package agentpost.cli.verification;

import agentpost.verification.Check;
import agentpost.verification.Deliveries;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Outcome;
import agentpost.verification.ReceivedAttempt;
import agentpost.verification.ScriptedAnswer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A secret turned over while events come. */
final class RotationChecks {
  /** An event about each second and a half; the relay keeps a secret for a minute. */
  private static final int MAX_EVENTS = 80;

  private static final Duration INTERVAL = Duration.ofMillis(1500);

  private RotationChecks() {}

  static List<Check<Probe>> all() {
    return List.of(
        new Check<>(
            "rotation",
            "while the receiver's secret is rotated no event is refused, and both secrets sign in"
                + " the end",
            MAX_EVENTS,
            MAX_EVENTS,
            RotationChecks::rotation));
  }

  private static Outcome rotation(Probe probe) {
    List<Deliveries.Sent> events = new ArrayList<>();
    events.add(probe.put(ScriptedAnswer.of(200)));
    int before =
        probe.awaitAttempts(events.getFirst(), 1).stream()
            .findFirst()
            .map(ReceivedAttempt::signatureCount)
            .orElse(0);
    JsonNode steps =
        probe.call(
            probe.names().rotation(),
            JsonNodeFactory.instance
                .objectNode()
                .put("Step", "rotate")
                .put("SecretId", probe.names().webhookSecret(probe.agent())));
    boolean both = false;
    while (!both && events.size() < MAX_EVENTS) {
      Deliveries.Sent next = probe.put(ScriptedAnswer.of(200));
      events.add(next);
      List<ReceivedAttempt> came =
          probe
              .patience()
              .await(INTERVAL, () -> probe.attempts(next), attempts -> !attempts.isEmpty());
      both = came.stream().anyMatch(attempt -> attempt.signatureCount() > before);
    }
    Optional<Outcome> failure =
        events.stream()
            .map(event -> DeliveryChecks.same(event, probe.awaitAttempts(event, 1), 1))
            .filter(Outcome.Failed.class::isInstance)
            .findFirst();
    if (failure.isPresent()) {
      return failure.get();
    }
    return both
        ? new Outcome.Passed(events.size() + " events, none refused")
        : new Outcome.Failed(
            "none of "
                + events.size()
                + " events was signed with the new secret; the rotation says "
                + steps);
  }
}

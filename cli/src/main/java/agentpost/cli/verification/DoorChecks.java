package agentpost.cli.verification;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.cloud.Door;
import agentpost.verification.Check;
import agentpost.verification.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Strangers at the stage's doors. */
final class DoorChecks {
  private DoorChecks() {}

  static List<Check<Probe>> all() {
    return List.of(
        new Check<>(
            "callbacks",
            "a callback that nobody signed is refused",
            0,
            0,
            probe -> refused(new Door(probe.stage().apiUrl() + "/webhooks/process-complete"))));
  }

  /** API Gateway answers 403 itself where there is no such route, or the caller is turned away. */
  static Outcome refused(Door door) {
    Optional<Door.Answer> answer = post(door, "{}");
    if (answer.isEmpty()) {
      return new Outcome.Failed("nobody answered at " + door.url());
    }
    int status = answer.get().status();
    if (status != 403 && status != 400) {
      return new Outcome.Failed("it answered " + status + " at " + door.url());
    }
    return answer.get().isProblem()
        ? new Outcome.Passed("answered " + status)
        : new Outcome.Skipped("API Gateway answers " + status + " at " + door.url() + " by itself");
  }

  /** Of anyone. */
  static Optional<Door.Answer> post(Door door, String body) {
    return door.post(Map.of("Content-Type", "application/json"), body.getBytes(UTF_8));
  }
}

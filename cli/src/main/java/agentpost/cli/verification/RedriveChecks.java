package agentpost.cli.verification;

import agentpost.verification.Check;
import agentpost.verification.Deliveries;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Outcome;
import agentpost.verification.ReceivedAttempt;
import agentpost.verification.ScriptedAnswer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The redrive. */
final class RedriveChecks {
  private RedriveChecks() {}

  static List<Check<Probe>> all() {
    return List.of(
        new Check<>(
            "redrive",
            "the stage's redrive delivers a dead letter again, and it is gone",
            1,
            2,
            RedriveChecks::redriven));
  }

  private static Outcome redriven(Probe probe) {
    Deliveries.Sent event = probe.put(ScriptedAnswer.of(422), ScriptedAnswer.of(200));
    if (probe.awaitLetter(event).isEmpty()) {
      return new Outcome.Failed("there is no dead letter to redrive");
    }
    ObjectNode order = JsonNodeFactory.instance.objectNode().put("agent", probe.agent());
    order.putObject("filters").putArray("ids").add(event.id());
    JsonNode report = probe.call(probe.names().redrive(), order);
    List<ReceivedAttempt> attempts = probe.attempts(event);
    if (!report.at("/outcomes/0/outcome").asText().equals("delivered")) {
      return new Outcome.Failed("the redrive says " + report);
    }
    if (probe.letter(event).isPresent()) {
      return new Outcome.Failed("the dead letter is still there");
    }
    return DeliveryChecks.same(event, attempts, 2);
  }
}

package agentpost.cli.verification;

import agentpost.deadletter.DeadLetter;
import agentpost.verification.ReceivedAttempt;
import agentpost.verification.ScriptedAnswer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** What is refused, and the redrive. */
final class DeadLetterChecks {
  /** EventBridge's word for an answer that it does not try again for. */
  private static final String REFUSED = "ERROR_FROM_TARGET";

  private static final int STATUS = 422;

  private DeadLetterChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "dead letters",
            "what is refused is not tried again, and its dead letter says why",
            1,
            1,
            DeadLetterChecks::refused),
        new Check(
            "redrive",
            "the stage's redrive delivers a dead letter again, and it is gone",
            1,
            2,
            DeadLetterChecks::redriven));
  }

  private static Outcome refused(Probe probe) {
    Probe.Sent event = probe.put(ScriptedAnswer.of(STATUS), ScriptedAnswer.of(200));
    Optional<DeadLetter> letter = probe.awaitLetter(event);
    if (letter.isEmpty()) {
      return new Outcome.Failed(
          "there is no dead letter; " + probe.attempts(event).size() + " attempts came");
    }
    String said = letter.get().code() + ": " + letter.get().message();
    if (!letter.get().code().equals(REFUSED)
        || !said.contains(Integer.toString(STATUS))
        || letter.get().attempts() != 0) {
      return new Outcome.Failed(
          "after " + letter.get().attempts() + " more attempts it says " + said);
    }
    return DeliveryChecks.same(event, probe.attempts(event), 1) instanceof Outcome.Failed failed
        ? failed
        : new Outcome.Passed(said);
  }

  private static Outcome redriven(Probe probe) {
    Probe.Sent event = probe.put(ScriptedAnswer.of(STATUS), ScriptedAnswer.of(200));
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

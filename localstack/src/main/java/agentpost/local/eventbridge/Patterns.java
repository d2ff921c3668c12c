package agentpost.local.eventbridge;

import agentpost.local.wire.AwsException;
import java.io.IOException;
import java.util.Optional;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/** Event patterns, by AWS's own event-ruler. */
final class Patterns {
  private Patterns() {}

  /** @throws AwsException as AWS answers an invalid one */
  static String checked(String pattern) {
    Optional<String> exceeded = PatternBounds.exceeded(pattern);
    if (exceeded.isPresent()) {
      throw invalid(exceeded.get());
    }
    String wrong = JsonRuleCompiler.check(pattern);
    if (wrong != null) {
      throw invalid(wrong);
    }
    try {
      if (PatternBounds.isTooComplex(pattern)) {
        throw invalid("Rule is too complex. Try using fewer wildcard characters or fewer repeating character sequences after a wildcard character");
      }
    } catch (IOException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
    return pattern;
  }

  private static AwsException invalid(String reason) {
    return AwsException.badRequest("InvalidEventPatternException", "Event pattern is not valid. Reason: " + reason);
  }

  /** @throws AwsException if the pattern or the event is none */
  static boolean matches(String pattern, String event) {
    Machine machine = Machine.builder().build();
    try {
      machine.addRule("it", checked(pattern));
    } catch (IOException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
    try {
      return !machine.rulesForJSONEvent(event).isEmpty();
    } catch (Exception e) {
      throw AwsException.badRequest("ValidationException", "Event is not valid. Reason: " + e.getMessage());
    }
  }
}

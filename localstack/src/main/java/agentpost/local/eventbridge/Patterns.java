package agentpost.local.eventbridge;

import agentpost.local.wire.AwsException;
import java.io.IOException;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/** Event patterns, by AWS's own event-ruler. */
final class Patterns {
  private Patterns() {}

  /** @throws AwsException as AWS answers an invalid one */
  static String checked(String pattern) {
    String wrong = JsonRuleCompiler.check(pattern);
    if (wrong != null) {
      throw AwsException.badRequest("InvalidEventPatternException", "Event pattern is not valid. Reason: " + wrong);
    }
    return pattern;
  }

  static boolean matches(String pattern, String event) {
    try {
      Machine machine = Machine.builder().build();
      machine.addRule("it", pattern);
      return !machine.rulesForJSONEvent(event).isEmpty();
    } catch (IOException e) {
      throw AwsException.badRequest("InvalidEventPatternException", "Event pattern is not valid. Reason: " + e.getMessage());
    } catch (Exception e) {
      throw AwsException.badRequest("ValidationException", "Event is not valid. Reason: " + e.getMessage());
    }
  }
}

package agentpost.local.eventbridge;

import agentpost.local.wire.AwsException;
import java.io.IOException;
import java.util.regex.Matcher;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/** Event patterns, by AWS's own event-ruler. */
final class Patterns {
  private Patterns() {}

  /** @throws AwsException as AWS answers an invalid one */
  static String checked(String pattern) {
    String wrong = JsonRuleCompiler.check(pattern);
    if (wrong != null) {
      throw AwsException.badRequest("InvalidEventPatternException", "Event pattern is not valid. Reason: " + located(wrong, pattern));
    }
    return pattern;
  }

  /** AWS shows where, and the pattern; Jackson hides it from 2.16 on. */
  private static String located(String wrong, String pattern) {
    return wrong.replaceAll("\\[Source: REDACTED [^;]*;", Matcher.quoteReplacement("[Source: (String)\"" + pattern + "\";"));
  }

  static boolean matches(String pattern, String event) {
    try {
      Machine machine = Machine.builder().build();
      machine.addRule("it", pattern);
      return !machine.rulesForJSONEvent(event).isEmpty();
    } catch (IOException e) {
      throw AwsException.badRequest("InvalidEventPatternException", "Event pattern is not valid. Reason: " + located(String.valueOf(e.getMessage()), pattern));
    } catch (Exception e) {
      throw AwsException.badRequest("ValidationException", "Parameter Event is not valid.");
    }
  }
}

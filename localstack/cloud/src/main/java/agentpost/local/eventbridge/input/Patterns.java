package agentpost.local.eventbridge.input;

import agentpost.local.wire.AwsException;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;

/** Event patterns, by AWS's own event-ruler. */
public final class Patterns {
  /**
   * Wildcards' prefixes that may match at once; the user guide's example of a pattern that is too
   * complex, {@code *:*:*:*:*:event-bus/*}, has 11.
   */
  private static final int MAX_COMPLEX = 10;

  private Patterns() {}

  /**
   * @throws AwsException as AWS answers an invalid one
   */
  public static String check(String pattern) {
    Optional<String> exceeded = PatternBounds.explainExceeded(pattern);
    if (exceeded.isPresent()) {
      throw invalidPattern(exceeded.get());
    }
    String wrong = JsonRuleCompiler.check(pattern);
    if (wrong != null) {
      throw invalidPattern(locate(wrong, pattern));
    }
    if (complexity(pattern) > MAX_COMPLEX) {
      throw invalidPattern(
          "Rule is too complex - try using fewer wildcard characters or fewer repeating character"
              + " sequences after a wildcard character");
    }
    return pattern;
  }

  private static int complexity(String pattern) {
    try {
      Machine machine = Machine.builder().build();
      machine.addRule("it", pattern);
      return machine.evaluateComplexity(new MachineComplexityEvaluator(MAX_COMPLEX + 1));
    } catch (IOException e) {
      throw new IllegalStateException("The pattern was checked", e);
    }
  }

  /** AWS shows where, and the pattern; Jackson hides it from 2.16 on. */
  private static String locate(String wrong, String pattern) {
    return wrong.replaceAll(
        "\\[Source: REDACTED [^;]*;",
        Matcher.quoteReplacement("[Source: (String)\"" + pattern + "\";"));
  }

  private static AwsException invalidPattern(String reason) {
    return AwsException.badRequest(
        "InvalidEventPatternException", "Event pattern is not valid. Reason: " + reason);
  }

  /**
   * @throws AwsException if the pattern or the event is none
   */
  public static boolean matches(String pattern, String event) {
    Machine machine = Machine.builder().build();
    try {
      machine.addRule("it", check(pattern));
    } catch (IOException e) {
      throw invalidPattern(String.valueOf(e.getMessage()));
    }
    try {
      return !machine.rulesForJSONEvent(event).isEmpty();
    } catch (Exception e) {
      throw AwsException.badRequest("ValidationException", "Parameter Event is not valid.");
    }
  }
}

package agentpost.cli.events;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Optional;

/** Whose rule of the stack without a stage one is. */
public final class AgentRule {
  private static final String PREFIX = ResourceNames.DEFAULT.partPrefix();

  private AgentRule() {}

  /** Neither the rule that logs every event nor those of the default bus are an agent's. */
  public static Optional<String> agent(String rule) {
    return Optional.of(rule)
        .filter(name -> !name.equals(PREFIX + "log") && !name.startsWith(PREFIX + "alerts-"))
        .map(name -> name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name);
  }

  public static List<String> agents(List<String> rules) {
    return rules.stream().flatMap(rule -> agent(rule).stream()).toList();
  }
}

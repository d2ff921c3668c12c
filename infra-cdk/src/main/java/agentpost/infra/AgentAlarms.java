package agentpost.infra;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.constructs.Construct;

/** One agent's alarms, on what the recovery function measures each minute; docs/operations.md says what to do about each. */
final class AgentAlarms extends Construct {
  private static final String STUCK = "letters-stuck";
  private static final String OPEN = "circuit-open";

  AgentAlarms(Construct scope, String agent, Shared shared) {
    super(scope, "Alarms");
    alarm("LettersStuck", agent, shared, STUCK, "Dead letters of " + agent + " that will not go out by themselves", "Maximum", 1);
    // Whoever wants to know at once hears agent.unhealthy. Ten minutes are no restart any more.
    alarm("CircuitOpen", agent, shared, OPEN, agent + " has not answered for ten minutes", "Minimum", 2);
  }

  /** The names of an agent's alarms. */
  static List<String> names(String agent, Names names) {
    return List.of(names.agent(agent) + "-" + STUCK, names.agent(agent) + "-" + OPEN);
  }

  /** An agent that is well is not measured. */
  private void alarm(String metric, String agent, Shared shared, String suffix, String description, String statistic, int periods) {
    Map<String, String> dimensions = new LinkedHashMap<>();
    dimensions.put("Bus", shared.names().prefix());
    dimensions.put("Agent", agent);
    shared
        .alarms()
        .watch(this, metric, shared.names().agent(agent) + "-" + suffix, description, new Alarms.Metric("agentpost", metric, dimensions, statistic), periods, 1);
  }
}

package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import software.constructs.Construct;

/**
 * One agent's alarms, on what the recovery function measures each minute; docs/operations.md says
 * what to do about each.
 */
final class AgentAlarms extends Construct {
  private static final String NOT_DRAINING = "dlq-not-draining";
  private static final String OPEN = "circuit-open";
  private static final String STOPPED = "deliveries-stopped";

  AgentAlarms(Construct scope, Catalog.Agent declared, SharedResources shared) {
    super(scope, "Alarms");
    String agent = declared.name();
    if (declared.place() instanceof Catalog.Placement.External) {
      alarm(
          "DeliveriesStopped",
          agent,
          shared,
          STOPPED,
          agent + " answered 410, or its owner does not answer the challenge",
          "Maximum",
          1);
    }
    alarm(
        "DlqNotDraining",
        agent,
        shared,
        NOT_DRAINING,
        "Dead letters of " + agent + " that will not go out by themselves",
        "Maximum",
        1);
    // Whoever wants to know at once hears agent.unhealthy. Ten minutes are no restart any more.
    alarm(
        "CircuitOpen",
        agent,
        shared,
        OPEN,
        agent + " has not answered for ten minutes",
        "Minimum",
        2);
  }

  /** An agent that is well is not measured. */
  private void alarm(
      String metric,
      String agent,
      SharedResources shared,
      String suffix,
      String description,
      String statistic,
      int periods) {
    shared
        .alarms()
        .watch(
            this,
            metric,
            shared.names().agent(agent) + "-" + suffix,
            description,
            Metric.ofAgent(shared.names(), agent, metric, statistic),
            periods,
            1);
  }
}

package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import java.util.List;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm;
import software.constructs.Construct;

/** One agent's alarms, on what the recovery function measures each minute; docs/operations.md says what to do about each. */
final class AgentAlarms extends Construct {
  private static final int PERIOD_SECONDS = 300;

  AgentAlarms(Construct scope, Catalog.Agent declared, Shared shared) {
    super(scope, "Alarms");
    String agent = declared.name();
    if (declared.place() instanceof Catalog.Place.External) {
      alarm("DeliveriesStopped", agent, shared, "stopped", agent + " answered 410, or its owner does not answer the challenge", "Maximum", 1);
    }
    alarm("LettersStuck", agent, shared, "letters-stuck", "Dead letters of " + agent + " that will not go out by themselves", "Maximum", 1);
    // Whoever wants to know at once hears agent.unhealthy. Ten minutes are no restart any more.
    alarm("CircuitOpen", agent, shared, "circuit-open", agent + " has not answered for ten minutes", "Minimum", 2);
  }

  private void alarm(String metric, String agent, Shared shared, String suffix, String description, String statistic, int periods) {
    CfnAlarm.Builder.create(this, metric)
        .alarmName(shared.names().agent(agent) + "-" + suffix)
        .alarmDescription(description)
        .namespace("agentpost")
        .metricName(metric)
        .dimensions(
            List.of(
                CfnAlarm.DimensionProperty.builder().name("Bus").value(shared.names().prefix()).build(),
                CfnAlarm.DimensionProperty.builder().name("Agent").value(agent).build()))
        .statistic(statistic)
        .period(PERIOD_SECONDS)
        .evaluationPeriods(periods)
        .threshold(1)
        .comparisonOperator("GreaterThanOrEqualToThreshold")
        // An agent that is well is not measured.
        .treatMissingData("notBreaching")
        .alarmActions(List.of(shared.alarms().topicArn()))
        .okActions(List.of(shared.alarms().topicArn()))
        .build();
  }
}

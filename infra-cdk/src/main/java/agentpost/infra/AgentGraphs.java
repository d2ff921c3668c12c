package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.DashboardBody.Graph;
import agentpost.infra.DashboardBody.Series;
import agentpost.infra.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One agent's row: four graphs with twelve metrics at most. */
final class AgentGraphs {
  static final int MAX_METRICS = 12;

  private final ResourceNames names;
  private final String agent;
  private final boolean isHosted;

  private AgentGraphs(ResourceNames names, Catalog.Agent agent) {
    this.names = names;
    this.agent = agent.name();
    this.isHosted = agent.place() instanceof Catalog.Placement.Hosted;
  }

  static List<Graph> of(ResourceNames names, Catalog.Agent agent) {
    AgentGraphs graphs = new AgentGraphs(names, agent);
    return List.of(graphs.deliveries(), graphs.latency(), graphs.deadLetters(), graphs.health());
  }

  private Graph deliveries() {
    return new Graph(
        agent,
        ofRule("SuccessfulInvocationAttempts", "Sum", "delivered"),
        ofRule("RetryInvocationAttempts", "Sum", "retries"),
        ofRule("FailedInvocations", "Sum", "given up"));
  }

  /** An agent elsewhere has no metric of how long it takes; the saved query {@code latency} has. */
  private Graph latency() {
    List<Series> series = new ArrayList<>();
    series.add(ofRule("IngestionToInvocationSuccessLatency", "p50", "age p50"));
    series.add(ofRule("IngestionToInvocationSuccessLatency", "p99", "age p99"));
    if (isHosted) {
      series.add(ofFunction("Duration", "p50", "duration p50"));
      series.add(ofFunction("Duration", "p99", "duration p99"));
    }
    return new Graph("Age at delivery, and latency (ms)", series);
  }

  private Graph deadLetters() {
    return new Graph(
        "Dead letters",
        new Series.Measured(
            new Metric(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                Map.of("QueueName", names.deadLetters(agent)),
                "Maximum"),
            "all"),
        measured("DlqNotDraining", "will not go out"));
  }

  private Graph health() {
    List<Series> series = new ArrayList<>();
    series.add(measured("CircuitOpen", "circuit open"));
    if (isHosted) {
      series.add(ofFunction("ConcurrentExecutions", "Maximum", "in flight"));
      series.add(ofFunction("Errors", "Sum", "errors"));
    } else {
      series.add(measured("InFlight", "in flight, from half of its bound"));
      series.add(measured("AgentSlow", "slow"));
      series.add(measured("DeliveriesStopped", "stopped"));
    }
    return new Graph("Breaker, and in flight", series);
  }

  private Series measured(String name, String label) {
    return new Series.Measured(Metric.ofAgent(names, agent, name, "Maximum"), label);
  }

  private Series ofRule(String name, String statistic, String label) {
    return new Series.Measured(
        new Metric(
            "AWS/Events",
            name,
            Map.of("EventBusName", names.prefix(), "RuleName", names.agent(agent)),
            statistic),
        label);
  }

  private Series ofFunction(String name, String statistic, String label) {
    return new Series.Measured(
        new Metric("AWS/Lambda", name, Map.of("FunctionName", names.agent(agent)), statistic),
        label);
  }
}

package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.DashboardBody.Graph;
import agentpost.infra.DashboardBody.Series;
import agentpost.infra.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The stage at a glance, in as many graphs whatever the number of agents. It has 50 metrics at
 * most, so that it can be one of the three dashboards that are free
 * (https://aws.amazon.com/cloudwatch/pricing/).
 */
final class OverviewDashboard {
  private final ResourceNames names;
  private final Catalog catalog;
  private final DashboardBody body = new DashboardBody();

  private OverviewDashboard(ResourceNames names, Catalog catalog) {
    this.names = names;
    this.catalog = catalog;
  }

  /**
   * @param links to the other dashboards, in Markdown
   */
  static String of(ResourceNames names, Catalog catalog, String links) {
    return new OverviewDashboard(names, catalog).write(links);
  }

  private String write(String links) {
    body.heading("# " + names.prefix() + ": bus");
    bus();
    body.heading("# Agents: " + links);
    agents();
    body.heading("# Functions");
    functions();
    if (!catalog.processors().isEmpty()) {
      body.heading("# Operations");
      operations();
    }
    if (!catalog.sources().isEmpty()) {
      body.heading("# Sources");
      sources();
    }
    body.heading("# What is paid for (`./agentpost cost`)");
    cost();
    return body.text();
  }

  /**
   * Each event on the bus is one that the log's rule matches; PutEvents has no metrics of a bus.
   */
  private void bus() {
    body.row(
        List.of(
            new Graph(
                "Events",
                measured(
                    "AWS/Events",
                    "MatchedEvents",
                    Map.of("EventBusName", names.prefix(), "RuleName", names.part("log")),
                    "put"),
                ofBus("TriggeredRules", "Sum", "matches, the log's among them"),
                measured(
                    "AWS/Events", "PutEventsFailedEntriesCount", Map.of(), "not taken (account)")),
            new Graph(
                "Deliveries",
                ofBus("SuccessfulInvocationAttempts", "Sum", "delivered"),
                ofBus("RetryInvocationAttempts", "Sum", "retries"),
                new Series.Queried(Metric.sumOverRules(names, "FailedInvocations"), "given up"),
                new Series.Queried(
                    Metric.sumOverRules(names, "InvocationsFailedToBeSentToDlq"), "lost")),
            new Graph(
                "Age at delivery (ms)",
                ofBus("IngestionToInvocationSuccessLatency", "p50", "p50"),
                ofBus("IngestionToInvocationSuccessLatency", "p99", "p99"))));
  }

  private void agents() {
    body.row(
        List.of(
            new Graph(
                "Not answering",
                highest("MAX", "CircuitOpen", "Agent", "circuit open:"),
                highest("MAX", "DeliveriesStopped", "Agent", "stopped:"),
                highest("MAX", "AgentSlow", "Agent", "slow:")),
            new Graph("Dead letters that stay", highest("MAX", "DlqNotDraining", "Agent", "")),
            new Graph(
                "Busy, or in a loop",
                highest("MAX", "InFlight", "Agent", "in flight:"),
                highest("SUM", "HopLimitReached", "Agent", "too many hops:"))));
  }

  private void functions() {
    List<Series> errors = new ArrayList<>();
    for (String function : functions(names, catalog)) {
      errors.add(ofFunction(function, "Errors", "Sum"));
    }
    List<Series> durations = new ArrayList<>();
    durations.add(ofFunction(names.relay(), "Duration", "p99"));
    if (!catalog.sources().isEmpty()) {
      durations.add(ofFunction(names.part("ingest"), "Duration", "p99"));
    }
    if (!catalog.processors().isEmpty()) {
      durations.add(ofFunction(names.part("callback-handler"), "Duration", "p99"));
    }
    body.row(
        List.of(
            new Graph("Errors", errors),
            new Graph("Duration, p99 (ms)", durations),
            new Graph(
                "Throttles and cold starts",
                measured("AWS/Lambda", "Throttles", Map.of(), "throttled (account)"),
                ofStage("ColdStarts", "Sum", "cold starts"))));
  }

  /** Names of those that are no agent's. */
  static List<String> functions(ResourceNames names, Catalog catalog) {
    List<String> functions =
        new ArrayList<>(
            List.of(
                names.relay(),
                names.recovery(),
                names.redrive(),
                names.rotation(),
                names.part("keys")));
    if (!catalog.processors().isEmpty()) {
      functions.add(names.part("callback-handler"));
      functions.add(names.part("timeout-handler"));
    }
    catalog
        .hostedProcessor()
        .ifPresent(
            hosted -> {
              functions.add(names.part("process-data"));
              functions.add(names.part(hosted.name()));
            });
    if (!catalog.sources().isEmpty()) {
      functions.add(names.part("ingest"));
    }
    if (!catalog.alerts().isEmpty()) {
      functions.add(names.part("alerts"));
    }
    return functions;
  }

  private void operations() {
    List<Graph> graphs = new ArrayList<>();
    graphs.add(new Graph("Open", ofStage("OperationsOpen", "Maximum", "open")));
    graphs.add(
        new Graph(
            "Ended",
            ofStage("OperationsCompleted", "Sum", "completed"),
            ofStage("OperationsFailed", "Sum", "failed"),
            ofStage("OperationsTimedOut", "Sum", "timed out"),
            ofStage("CallbackLate", "Sum", "late callbacks")));
    catalog
        .hostedProcessor()
        .ifPresent(
            hosted ->
                graphs.add(
                    new Graph(
                        "Work that waits",
                        ofQueue(
                            names.part(hosted.name()),
                            "ApproximateNumberOfMessagesVisible",
                            "pieces"),
                        ofQueue(
                            names.part(hosted.name()),
                            "ApproximateAgeOfOldestMessage",
                            "age of the oldest (s)"))));
    body.row(graphs);
  }

  private void sources() {
    body.row(
        List.of(
            new Graph("Requests", ofFunction(names.part("ingest"), "Invocations", "Sum")),
            new Graph(
                "Not made events",
                highest("SUM", "IngestRefused", "Source", "refused:"),
                highest("SUM", "IngestUnmapped", "Source", "no mapping:"),
                highest("SUM", "IngestSecretUnusable", "Source", "secret unusable:"))));
  }

  private void cost() {
    Map<String, String> api = Map.of("ApiName", names.prefix(), "Stage", Api.STAGE);
    body.row(
        List.of(
            new Graph(
                "Calls",
                ofBus("InvocationAttempts", "Sum", "of API destinations"),
                measured("AWS/ApiGateway", "Count", api, "of the REST API"),
                measured("AWS/ApiGateway", "5XXError", api, "of these answered 5xx")),
            new Graph(
                "Writes to tables",
                written(names.claims(), "claims"),
                written(names.health(), "health")),
            new Graph(
                "Logged (bytes)",
                logged("/aws/events/" + names.prefix(), "events"),
                logged(ResourceNames.functionLog(names.relay()), "relay"))));
  }

  private static Series written(String table, String label) {
    return measured(
        "AWS/DynamoDB", "ConsumedWriteCapacityUnits", Map.of("TableName", table), label);
  }

  private static Series logged(String group, String label) {
    return measured("AWS/Logs", "IncomingBytes", Map.of("LogGroupName", group), label);
  }

  private static Series measured(
      String namespace, String name, Map<String, String> dimensions, String label) {
    return new Series.Measured(new Metric(namespace, name, dimensions, "Sum"), label);
  }

  private static Series ofQueue(String queue, String name, String label) {
    return new Series.Measured(
        new Metric("AWS/SQS", name, Map.of("QueueName", queue), "Maximum"), label);
  }

  private static Series ofFunction(String function, String name, String statistic) {
    return new Series.Measured(
        new Metric("AWS/Lambda", name, Map.of("FunctionName", function), statistic), function);
  }

  private Series ofBus(String name, String statistic, String label) {
    return new Series.Measured(
        new Metric("AWS/Events", name, Map.of("EventBusName", names.prefix()), statistic), label);
  }

  private Series ofStage(String name, String statistic, String label) {
    return new Series.Measured(Metric.ofStage(names, name, statistic), label);
  }

  private Series highest(String function, String name, String dimension, String label) {
    return new Series.Queried(Metric.highest(names, function, name, dimension), label);
  }
}

package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.events.CfnRule;
import software.constructs.Construct;

/**
 * Alarms on what all agents share, as many whatever the number of agents; an agent's own are in its
 * stack. Metrics and dimensions are as AWS's pages have them, which AlarmsTest lists.
 */
final class AlarmsStack extends NestedStack {
  private static final int MAX_LATENCY_MILLIS = 300_000;
  private static final int MAX_QUEUE_AGE_SECONDS = 900;

  /** Of a quarter of an hour: what is over sooner mends itself. */
  private static final int LASTING = 3;

  private final ResourceNames names;
  private final Alarms alarms;

  AlarmsStack(Construct scope, Catalog catalog, StackContext foundation, Alarms alarms) {
    super(scope, "alarms");
    this.names = foundation.names();
    this.alarms = alarms;
    rules();
    connection(foundation.bus());
    api();
    if (catalog.hasRelayUrl()) {
      relayUrl();
    }
    function(names.relay(), Relay.TIMEOUT_SECONDS);
    function(names.rotation(), SecretsStack.ROTATION_SECONDS);
    function(names.recovery(), Recovery.TIMEOUT_SECONDS);
    heartbeat(names.recovery(), "RecoveryHeartbeat");
    if (!catalog.processors().isEmpty()) {
      String handler = names.part("timeout-handler");
      function(handler, OperationTimeouts.TIMEOUT_SECONDS);
      heartbeat(handler, "TimeoutHandlerHeartbeat");
      door(names.part("callback-handler"));
    }
    if (!catalog.sources().isEmpty()) {
      door(names.part("ingest"));
    }
    catalog.hostedProcessor().ifPresent(hosted -> worker(names.part(hosted.name()), hosted.name()));
  }

  /**
   * A rule that loses an event has a metric of its own, which is there only then: one query over
   * all rules of the bus costs what its rules have lost.
   */
  private void rules() {
    alarms.watchSum(
        this,
        "FailedInvocations",
        names.part("failed-invocations"),
        "EventBridge gave up on events: those of agents are in their dead-letter queues",
        Metric.sumOverRules(names, "FailedInvocations"));
    alarms.watchSum(
        this,
        "DlqSendFailed",
        names.part("dlq-send-failed"),
        "EventBridge could not put events into a dead-letter queue, and they are lost but for the"
            + " archive",
        Metric.sumOverRules(names, "InvocationsFailedToBeSentToDlq"));
    alarms.watch(
        this,
        "DeliveryLatency",
        names.part("delivery-latency"),
        "Deliveries have taken five minutes and more on average for a quarter of an hour",
        new Metric(
            "AWS/Events",
            "IngestionToInvocationSuccessLatency",
            Map.of("EventBusName", names.prefix()),
            "Average"),
        LASTING,
        MAX_LATENCY_MILLIS);
  }

  /**
   * EventBridge says so on the default bus (user guide, "Amazon EventBridge events detail
   * reference", Connection state events); the rule's own metric counts it, and the log has why. Its
   * end is not good news: one event is over at once, and the connection is not.
   */
  private void connection(Bus bus) {
    String rule = names.part("connection");
    CfnRule.Builder.create(this, "ConnectionRule")
        .name(rule)
        .description("That the connection is authorized no longer, to the log of events")
        .eventPattern(
            // In the same order each time.
            new TreeMap<>(
                Map.of(
                    "source",
                    List.of("aws.events"),
                    "detail-type",
                    List.of("Connection Deauthorized"),
                    "detail",
                    Map.of("ConnectionName", List.of(names.prefix())))))
        .targets(List.of(CfnRule.TargetProperty.builder().id("log").arn(bus.logArn(names)).build()))
        .build();
    alarms
        .watch(
            this,
            "ConnectionDeauthorized",
            names.part("connection-deauthorized"),
            "EventBridge calls the relay no more: no event is delivered until the connection is"
                + " authorized again, which this alarm does not say",
            new Metric("AWS/Events", "MatchedEvents", Map.of("RuleName", rule), "Sum"),
            1,
            1)
        .setOkActions(List.of());
  }

  /** Most are open circuits and silent agents, so it is their share that counts. */
  private void api() {
    alarms.watch(
        this,
        "ApiErrors",
        names.part("api-5xx"),
        "Half of the API's answers or more have been 5xx for a quarter of an hour",
        new Metric(
            "AWS/ApiGateway",
            "5XXError",
            Map.of("ApiName", names.prefix(), "Stage", Api.STAGE),
            "Average"),
        LASTING,
        0.5);
  }

  /**
   * As {@link #api}, of the relay's own URL, whose metrics are sums (Lambda developer guide,
   * "Monitoring Lambda function URLs").
   */
  private void relayUrl() {
    Map<String, String> live =
        Map.of(
            "FunctionName", names.relay(), "Resource", names.relay() + ":" + ResourceNames.ALIAS);
    alarms.watchShare(
        this,
        "RelayErrors",
        names.part("relay-5xx"),
        "Half of the relay's answers or more have been 5xx for a quarter of an hour",
        new Metric("AWS/Lambda", "Url5xxCount", live, "Sum"),
        new Metric("AWS/Lambda", "UrlRequestCount", live, "Sum"),
        LASTING,
        0.5);
  }

  private void function(String function, int timeoutSeconds) {
    watch(function, "errors", "failed, ran out of time or did not start", "Errors", "Sum", 1);
    watch(function, "throttled", "found no execution left in the account", "Throttles", "Sum", 1);
    watch(
        function,
        "near-timeout",
        "took nine tenths of its " + timeoutSeconds + " seconds",
        "Duration",
        "Maximum",
        timeoutSeconds * 900);
  }

  private void watch(
      String function, String suffix, String what, String metric, String statistic, int threshold) {
    String name = function + "-" + suffix;
    alarms.watch(
        this,
        name,
        name,
        function + " " + what,
        new Metric("AWS/Lambda", metric, Map.of("FunctionName", function), statistic),
        1,
        threshold);
  }

  private void heartbeat(String function, String metric) {
    alarms.watchForSilence(
        this,
        metric,
        function + "-heartbeat",
        function + " has not come to the end of a run for ten minutes",
        Metric.ofStage(names, metric, "Sum"));
  }

  /** Of strangers, who may not come again; their requests are few among the API's. */
  private void door(String function) {
    alarms.watch(
        this,
        function + "-failed",
        function + "-handler-failed",
        function + " answered 500 to what it did not expect",
        new Metric(Metric.OURS, "HandlerFailed", Map.of("Function", function), "Sum"),
        1,
        1);
  }

  private void worker(String queue, String processor) {
    function(queue, HostedProcessor.WORK_TIMEOUT_SECONDS);
    alarms.watch(
        this,
        "WorkDelayed",
        queue + "-delayed",
        "Work for " + processor + " has waited for a quarter of an hour",
        new Metric(
            "AWS/SQS", "ApproximateAgeOfOldestMessage", Map.of("QueueName", queue), "Maximum"),
        1,
        MAX_QUEUE_AGE_SECONDS);
    alarms.watch(
        this,
        "WorkDlqNotEmpty",
        queue + "-dlq-not-empty",
        "Work that " + processor + " failed at for hours",
        new Metric(
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            Map.of("QueueName", names.deadLetters(processor)),
            "Maximum"),
        1,
        1);
  }
}

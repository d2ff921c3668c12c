package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.AlertSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.CfnEventSourceMapping;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;

/**
 * The account's own alerts: rules on its default bus, a queue, and the function that makes events
 * of what is in it. A queue, since a function that a rule invokes is tried three times and no more
 * (docs/adr/0014-alerts.md).
 */
final class AlertsStack extends NestedStack {
  private static final int TIMEOUT_SECONDS = 15;

  /** Lambda asks for six times the function's time-out. */
  private static final Duration VISIBILITY_TIMEOUT = Duration.seconds(6 * TIMEOUT_SECONDS);

  /** With the visibility time-out, about five hours: by then a person has to look. */
  private static final int MAX_RECEIVES = 200;

  private static final int BATCH_SIZE = 10;

  /** What Lambda allows at least; alerts are few. */
  private static final int CONCURRENCY = 2;

  private static final int MAX_AGE_SECONDS = 900;

  private final ResourceNames names;

  AlertsStack(AgentpostStack scope, Catalog catalog, StackContext foundation, Alarms alarms) {
    super(scope, "alerts");
    this.names = foundation.names();
    Queue letters = new DeadLetters(this, names.deadLetters("alerts"));
    Queue queue =
        Queue.Builder.create(this, "Queue")
            .queueName(names.part("alerts"))
            .retentionPeriod(DeadLetters.RETENTION)
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .visibilityTimeout(VISIBILITY_TIMEOUT)
            .deadLetterQueue(
                DeadLetterQueue.builder().queue(letters).maxReceiveCount(MAX_RECEIVES).build())
            .build();
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.part("alerts"),
            "agentpost.alert.AlertsHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            Map.of(BUS_NAME, foundation.bus().name()));
    function.allow(
        List.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        queue.getQueueArn());
    function.allow(foundation.bus().allowPutAs(List.of("alerts")));
    CfnEventSourceMapping mapping =
        CfnEventSourceMapping.Builder.create(this, "Source")
            .eventSourceArn(queue.getQueueArn())
            .functionName(function.aliasArn())
            .batchSize(BATCH_SIZE)
            .functionResponseTypes(List.of("ReportBatchItemFailures"))
            .scalingConfig(
                CfnEventSourceMapping.ScalingConfigProperty.builder()
                    .maximumConcurrency(CONCURRENCY)
                    .build())
            .build();
    mapping.getNode().addDependency(function);
    List<AlertSource> sources = catalog.alerts().stream().sorted().toList();
    List.of(queue, letters).forEach(into -> allowRules(sources, into));
    sources.forEach(source -> rule(source, queue, letters));
    watch(alarms);
  }

  private String ruleName(AlertSource source) {
    return names.part("alerts-" + name(source));
  }

  private static String name(AlertSource source) {
    return switch (source) {
      case CLOUDWATCH -> "cloudwatch";
      case GUARDDUTY -> "guardduty";
    };
  }

  /** By the rules' names: they wait for this policy, so it cannot refer to them. */
  private void allowRules(List<AlertSource> sources, Queue queue) {
    List<String> rules =
        sources.stream()
            .map(source -> Arns.withSlash(this, "events", "rule", ruleName(source)))
            .toList();
    queue.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .principals(List.of(new ServicePrincipal("events.amazonaws.com")))
            .actions(List.of("sqs:SendMessage"))
            .resources(List.of(queue.getQueueArn()))
            .conditions(Map.of("ArnEquals", Map.of("aws:SourceArn", rules)))
            .build());
  }

  private void rule(AlertSource source, Queue queue, Queue letters) {
    CfnRule rule =
        CfnRule.Builder.create(this, "Rule-" + name(source))
            .name(ruleName(source))
            .description(
                "What "
                    + name(source)
                    + " says of this account, to be an event on "
                    + names.prefix())
            .eventPattern(pattern(source))
            .targets(
                List.of(
                    CfnRule.TargetProperty.builder()
                        .id("queue")
                        .arn(queue.getQueueArn())
                        .deadLetterConfig(
                            CfnRule.DeadLetterConfigProperty.builder()
                                .arn(letters.getQueueArn())
                                .build())
                        .build()))
            .build();
    rule.getNode().addDependency(queue, letters);
  }

  private Map<String, Object> pattern(AlertSource source) {
    Map<String, Object> pattern = new LinkedHashMap<>();
    pattern.put("source", List.of("aws." + name(source)));
    switch (source) {
      case GUARDDUTY -> pattern.put("detail-type", List.of("GuardDuty Finding"));
      case CLOUDWATCH -> {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("state", Map.of("value", List.of("ALARM", "OK")));
        // That an agent does not take alerts is no alert for it to take: our own alarms go to the
        // topic. By their prefix, since their names would be more than a pattern takes.
        detail.put(
            "alarmName", List.of(Map.of("anything-but", Map.of("prefix", names.prefix() + "-"))));
        pattern.put("detail-type", List.of("CloudWatch Alarm State Change"));
        pattern.put("detail", detail);
      }
    }
    return pattern;
  }

  private void watch(Alarms alarms) {
    alarms.watch(
        this,
        "DlqNotEmpty",
        names.part("alerts-dlq-not-empty"),
        "Alerts of this account that could not be made events of",
        new Metric(
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            Map.of("QueueName", names.deadLetters("alerts")),
            "Maximum"),
        1,
        1);
    alarms.watch(
        this,
        "Delayed",
        names.part("alerts-delayed"),
        "Alerts of this account have waited for a quarter of an hour to become events",
        new Metric(
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            Map.of("QueueName", names.part("alerts")),
            "Maximum"),
        1,
        MAX_AGE_SECONDS);
  }
}

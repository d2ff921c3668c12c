package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.sns.CfnSubscription;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

/** The topic that every alarm goes to, and whom the catalog subscribes to it. */
final class Alarms extends Construct {
  private static final int PERIOD_SECONDS = 300;

  private final Topic topic;

  /**
   * @param email whom SNS asks to subscribe
   */
  Alarms(Construct scope, ResourceNames names, Optional<String> email) {
    super(scope, "Alarms");
    // SNS's own key would do but for CloudWatch, which cannot be let in to use it.
    Key key =
        Key.Builder.create(this, "Key")
            .alias(names.part("alarms"))
            .description("Encrypts what alarms say")
            .enableKeyRotation(true)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    key.addToResourcePolicy(cloudWatchMay(List.of("kms:Decrypt", "kms:GenerateDataKey*"), "*"));
    topic =
        Topic.Builder.create(this, "Topic")
            .topicName(names.part("alarms"))
            .displayName(names.part("alarms"))
            .masterKey(key)
            .enforceSsl(true)
            .build();
    // A policy of one's own takes the place of SNS's, which lets the account's alarms in.
    topic.addToResourcePolicy(cloudWatchMay(List.of("sns:Publish"), topic.getTopicArn()));
    email.ifPresent(
        address ->
            CfnSubscription.Builder.create(this, "Email")
                .topicArn(topicArn())
                .protocol("email")
                .endpoint(address)
                .build());
  }

  private PolicyStatement cloudWatchMay(List<String> actions, String resource) {
    return PolicyStatement.Builder.create()
        .principals(List.of(new ServicePrincipal("cloudwatch.amazonaws.com")))
        .actions(actions)
        .resources(List.of(resource))
        .conditions(
            Map.of("StringEquals", Map.of("aws:SourceAccount", Stack.of(this).getAccount())))
        .build();
  }

  String topicArn() {
    return topic.getTopicArn();
  }

  /**
   * An alarm on a metric that is not there as long as all is well.
   *
   * @param periods of five minutes, in each of which the metric is at the threshold or above
   */
  CfnAlarm watch(
      Construct scope,
      String id,
      String name,
      String description,
      Metric metric,
      int periods,
      double threshold) {
    return on(metric, alarm(scope, id, name, description))
        .evaluationPeriods(periods)
        .threshold(threshold)
        .comparisonOperator("GreaterThanOrEqualToThreshold")
        .treatMissingData("notBreaching")
        .build();
  }

  /** An alarm on a count that is there as long as all is well: ten minutes without are an alarm. */
  void watchForSilence(Construct scope, String id, String name, String description, Metric metric) {
    on(metric, alarm(scope, id, name, description))
        .evaluationPeriods(2)
        .threshold(1)
        .comparisonOperator("LessThanThreshold")
        .treatMissingData("breaching")
        .build();
  }

  /**
   * As {@link #watch}, of one sum over metrics that come and go.
   *
   * @param query of CloudWatch Metrics Insights
   */
  void watchSum(Construct scope, String id, String name, String description, String query) {
    alarm(scope, id, name, description)
        .metrics(
            List.of(
                CfnAlarm.MetricDataQueryProperty.builder()
                    .id("sum")
                    .expression(query)
                    .period(PERIOD_SECONDS)
                    .returnData(true)
                    .build()))
        .evaluationPeriods(1)
        .threshold(1)
        .comparisonOperator("GreaterThanOrEqualToThreshold")
        .treatMissingData("notBreaching")
        .build();
  }

  /**
   * As {@link #watch}, of the share that one sum has of another.
   *
   * @param threshold 0 to 1
   */
  void watchShare(
      Construct scope,
      String id,
      String name,
      String description,
      Metric some,
      Metric all,
      int periods,
      double threshold) {
    alarm(scope, id, name, description)
        .metrics(
            List.of(
                CfnAlarm.MetricDataQueryProperty.builder()
                    .id("share")
                    .expression("some / all")
                    .returnData(true)
                    .build(),
                part("some", some),
                part("all", all)))
        .evaluationPeriods(periods)
        .threshold(threshold)
        .comparisonOperator("GreaterThanOrEqualToThreshold")
        .treatMissingData("notBreaching")
        .build();
  }

  private static CfnAlarm.MetricDataQueryProperty part(String id, Metric metric) {
    return CfnAlarm.MetricDataQueryProperty.builder()
        .id(id)
        .metricStat(
            CfnAlarm.MetricStatProperty.builder()
                .metric(
                    CfnAlarm.MetricProperty.builder()
                        .namespace(metric.namespace())
                        .metricName(metric.name())
                        .dimensions(dimensions(metric))
                        .build())
                .stat(metric.statistic())
                .period(PERIOD_SECONDS)
                .build())
        .returnData(false)
        .build();
  }

  private CfnAlarm.Builder alarm(Construct scope, String id, String name, String description) {
    return CfnAlarm.Builder.create(scope, id)
        .alarmName(name)
        .alarmDescription(description)
        .alarmActions(List.of(topicArn()))
        .okActions(List.of(topicArn()));
  }

  private static CfnAlarm.Builder on(Metric metric, CfnAlarm.Builder alarm) {
    return alarm
        .namespace(metric.namespace())
        .metricName(metric.name())
        .dimensions(dimensions(metric))
        .statistic(metric.statistic())
        .period(PERIOD_SECONDS);
  }

  private static List<CfnAlarm.DimensionProperty> dimensions(Metric metric) {
    return metric.dimensions().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            one ->
                CfnAlarm.DimensionProperty.builder()
                    .name(one.getKey())
                    .value(one.getValue())
                    .build())
        .toList();
  }
}

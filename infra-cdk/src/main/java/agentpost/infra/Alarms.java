package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

/** The topic that every alarm goes to; who is to hear of them subscribes to it. */
final class Alarms extends Construct {
  private static final int PERIOD_SECONDS = 300;

  private final Topic topic;

  Alarms(Construct scope, ResourceNames names) {
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
   * @param dimensions a metric's values are of these and of no others
   */
  record Metric(String namespace, String name, Map<String, String> dimensions, String statistic) {}

  /**
   * An alarm on a metric that is not there as long as all is well.
   *
   * @param periods of five minutes, in each of which the metric is at the threshold or above
   */
  void watch(
      Construct scope,
      String id,
      String name,
      String description,
      Metric metric,
      int periods,
      int threshold) {
    CfnAlarm.Builder.create(scope, id)
        .alarmName(name)
        .alarmDescription(description)
        .namespace(metric.namespace())
        .metricName(metric.name())
        .dimensions(
            metric.dimensions().entrySet().stream()
                .map(
                    one ->
                        CfnAlarm.DimensionProperty.builder()
                            .name(one.getKey())
                            .value(one.getValue())
                            .build())
                .toList())
        .statistic(metric.statistic())
        .period(PERIOD_SECONDS)
        .evaluationPeriods(periods)
        .threshold(threshold)
        .comparisonOperator("GreaterThanOrEqualToThreshold")
        .treatMissingData("notBreaching")
        .alarmActions(List.of(topicArn()))
        .okActions(List.of(topicArn()))
        .build();
  }
}

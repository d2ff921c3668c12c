package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import java.util.List;
import java.util.Objects;
import software.amazon.awscdk.CfnCodeDeployLambdaAliasUpdate;
import software.amazon.awscdk.CfnUpdatePolicy;
import software.amazon.awscdk.services.cloudwatch.CfnAlarm;
import software.amazon.awscdk.services.codedeploy.CfnApplication;
import software.amazon.awscdk.services.codedeploy.CfnDeploymentConfig;
import software.amazon.awscdk.services.codedeploy.CfnDeploymentGroup;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.CfnAlias;
import software.amazon.awscdk.services.lambda.IVersion;
import software.constructs.Construct;

/**
 * Lets CodeDeploy move the aliases of functions that a deployment changes: a share of invocations
 * goes to the new version first, and an error of it ends the deployment, which CloudFormation then
 * undoes.
 */
final class CanaryDeployments extends Construct {
  private static final int PERIOD_SECONDS = 60;

  private final String application;
  private final String config;
  private final Role role;

  /**
   * @param functions names of those that are deployed so
   */
  CanaryDeployments(
      Construct scope, ResourceNames names, Catalog.Canary canary, List<String> functions) {
    super(scope, "Canary");
    application = names.prefix();
    // Nothing of it can be changed, so that another share or time is another one.
    config =
        names.part(
            "canary-%d-percent-%d-minutes"
                .formatted(canary.percentage(), canary.interval().toMinutes()));
    CfnApplication.Builder.create(this, "Application")
        .applicationName(application)
        .computePlatform("Lambda")
        .build();
    CfnDeploymentConfig.Builder.create(this, "Config")
        .deploymentConfigName(config)
        .computePlatform("Lambda")
        .trafficRoutingConfig(
            CfnDeploymentConfig.TrafficRoutingConfigProperty.builder()
                .type("TimeBasedCanary")
                .timeBasedCanary(
                    CfnDeploymentConfig.TimeBasedCanaryProperty.builder()
                        .canaryPercentage(canary.percentage())
                        .canaryInterval((int) canary.interval().toMinutes())
                        .build())
                .build())
        .build();
    role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("codedeploy.amazonaws.com"))
            .description("Moves the aliases of functions that are deployed")
            .build();
    // What AWSCodeDeployRoleForLambdaLimited has of these services. What changes anything is on
    // these functions alone; on each of them for reading, too, it would be more policies than a
    // role may have, with 288 agents.
    Arns.inChunks(functions.stream().map(name -> "function:" + name).toList(), "lambda")
        .forEach(arns -> allow(List.of("lambda:GetAlias", "lambda:UpdateAlias"), arns));
    allow(
        List.of("cloudwatch:DescribeAlarms", "lambda:GetProvisionedConcurrencyConfig"),
        List.of("*"));
    NagSuppressions.wildcard(
        role, "\\*", "CodeDeploy reads alarms and concurrency, as in AWS's own policy for it");
  }

  private void allow(List<String> actions, List<String> resources) {
    role.addToPolicy(
        PolicyStatement.Builder.create().actions(actions).resources(resources).build());
  }

  /**
   * Moves an alias so from now on.
   *
   * @param version that the deployment publishes
   */
  void move(Construct scope, String function, Alias alias, IVersion version) {
    // Only an alias with two versions has this metric, and so an alarm only as long as it has.
    CfnAlarm errors =
        alarm(
            scope,
            "CanaryErrors",
            function,
            "-canary-errors",
            "timed out or did not start",
            "AWS/Lambda",
            "Errors",
            List.of(
                dimension("ExecutedVersion", version.getVersion()),
                dimension("FunctionName", function),
                dimension("Resource", function + ":" + ResourceNames.ALIAS)));
    // What a handler throws is answered with 500, which is no error to Lambda.
    CfnAlarm failures =
        alarm(
            scope,
            "HandlerFailed",
            function,
            "-handler-failed",
            "answered 500",
            "agentpost",
            "HandlerFailed",
            List.of(dimension("Function", function), dimension("Version", version.getVersion())));
    CfnDeploymentGroup group =
        CfnDeploymentGroup.Builder.create(scope, "CanaryGroup")
            .applicationName(application)
            .deploymentGroupName(function)
            .deploymentConfigName(config)
            .serviceRoleArn(role.getRoleArn())
            .deploymentStyle(
                CfnDeploymentGroup.DeploymentStyleProperty.builder()
                    .deploymentType("BLUE_GREEN")
                    .deploymentOption("WITH_TRAFFIC_CONTROL")
                    .build())
            .alarmConfiguration(
                CfnDeploymentGroup.AlarmConfigurationProperty.builder()
                    .enabled(true)
                    .alarms(List.of(named(errors), named(failures)))
                    .build())
            .autoRollbackConfiguration(
                CfnDeploymentGroup.AutoRollbackConfigurationProperty.builder()
                    .enabled(true)
                    .events(
                        List.of(
                            "DEPLOYMENT_FAILURE",
                            "DEPLOYMENT_STOP_ON_ALARM",
                            "DEPLOYMENT_STOP_ON_REQUEST"))
                    .build())
            .build();
    group.addResourceDependency(errors);
    group.addResourceDependency(failures);
    group.getNode().addDependency(this);
    CfnAlias resource = (CfnAlias) Objects.requireNonNull(alias.getNode().getDefaultChild());
    resource.addResourceDependency(group);
    resource
        .getCfnOptions()
        .setUpdatePolicy(
            CfnUpdatePolicy.builder()
                .codeDeployLambdaAliasUpdate(
                    CfnCodeDeployLambdaAliasUpdate.builder()
                        .applicationName(application)
                        .deploymentGroupName(function)
                        .build())
                .build());
  }

  private static CfnAlarm alarm(
      Construct scope,
      String id,
      String function,
      String suffix,
      String what,
      String namespace,
      String metric,
      List<CfnAlarm.DimensionProperty> dimensions) {
    return CfnAlarm.Builder.create(scope, id)
        .alarmName(function + suffix)
        .alarmDescription("The new version of " + function + " " + what + "; its deployment ends")
        .namespace(namespace)
        .metricName(metric)
        .dimensions(dimensions)
        .statistic("Sum")
        .period(PERIOD_SECONDS)
        .evaluationPeriods(1)
        .threshold(1)
        .comparisonOperator("GreaterThanOrEqualToThreshold")
        .treatMissingData("notBreaching")
        .build();
  }

  private static CfnDeploymentGroup.AlarmProperty named(CfnAlarm alarm) {
    return CfnDeploymentGroup.AlarmProperty.builder().name(alarm.getAlarmName()).build();
  }

  private static CfnAlarm.DimensionProperty dimension(String name, String value) {
    return CfnAlarm.DimensionProperty.builder().name(name).value(value).build();
  }
}

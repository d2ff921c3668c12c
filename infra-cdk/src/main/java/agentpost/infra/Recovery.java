package agentpost.infra;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.constructs.Construct;

/**
 * The function that sends out again, by itself and every minute, what failed for a reason that has
 * passed.
 */
final class Recovery extends Construct {
  /** Ends before the next run begins. */
  private static final int TIMEOUT_SECONDS = 50;

  /**
   * @param deadLetters the names of the queues it looks after
   */
  Recovery(Construct scope, StackContext foundation, List<String> deadLetters) {
    super(scope, "Recovery");
    Names names = foundation.names();
    String agents = names.prefix() + "/agents/";
    String queues = names.prefix() + "-";
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.part("recovery"),
            "agentpost.deadletter.RecoveryHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            environment(foundation, queues, agents));
    foundation.outward().of(function);
    String why = "Recovery is for every agent, and agents come and go without it";
    function.allowOnQueues(
        List.of(
            "sqs:GetQueueUrl",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage"),
        deadLetters);
    function.readsAll(
        foundation.vault(),
        why,
        arn("secretsmanager", "secret", agents, ArnFormat.COLON_RESOURCE_NAME));
    function.allowAll(
        why,
        List.of("ssm:GetParameter"),
        arn("ssm", "parameter", agents, ArnFormat.SLASH_RESOURCE_NAME),
        "ssm");
    function.allow(
        List.of("ssm:GetParametersByPath"),
        arn("ssm", "parameter", names.prefix() + "/agents", ArnFormat.SLASH_RESOURCE_NAME));
    function.allow(
        List.of("dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Scan"),
        foundation.tables().health().getTableArn());
    function.allow(foundation.bus().allowPutAs(List.of("health")));
    schedule(names, function);
  }

  private static Map<String, String> environment(
      StackContext foundation, String queues, String agents) {
    Map<String, String> environment = new LinkedHashMap<>(foundation.outward().environment());
    environment.put("DEAD_LETTER_QUEUE_PREFIX", queues);
    environment.put("AGENT_SECRET_PREFIX", agents);
    environment.put("AGENT_PARAMETER_PREFIX", "/" + agents);
    environment.put("HEALTH_TABLE", foundation.tables().health().getTableName());
    environment.put("BUS_NAME", foundation.bus().name());
    return environment;
  }

  private void schedule(Names names, JavaFunction function) {
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(ServicePrincipals.inThisAccount(this, "scheduler.amazonaws.com"))
            .description("Scheduler has dead letters recovered")
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("lambda:InvokeFunction"))
            .resources(List.of(function.aliasArn()))
            .build());
    CfnSchedule schedule =
        CfnSchedule.Builder.create(this, "EveryMinute")
            .name(names.part("recovery"))
            .description("Dead letters that may go out by themselves")
            .scheduleExpression("rate(1 minute)")
            .flexibleTimeWindow(
                CfnSchedule.FlexibleTimeWindowProperty.builder().mode("OFF").build())
            .target(
                CfnSchedule.TargetProperty.builder()
                    .arn(function.aliasArn())
                    .roleArn(role.getRoleArn())
                    .input("{}")
                    // The next minute does what this one could not.
                    .retryPolicy(
                        CfnSchedule.RetryPolicyProperty.builder()
                            .maximumEventAgeInSeconds(60)
                            .maximumRetryAttempts(0)
                            .build())
                    .build())
            .build();
    schedule.getNode().addDependency(function, role);
  }

  private String arn(String service, String resource, String name, ArnFormat format) {
    return Stack.of(this)
        .formatArn(
            ArnComponents.builder()
                .service(service)
                .resource(resource)
                .resourceName(name)
                .arnFormat(format)
                .build());
  }
}

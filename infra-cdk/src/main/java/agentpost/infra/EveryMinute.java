package agentpost.infra;

import java.util.List;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.amazon.awscdk.services.scheduler.CfnScheduleProps;
import software.constructs.Construct;

/** Has a function do its round every minute. */
final class EveryMinute extends CfnSchedule {
  /**
   * @param name of the schedule
   * @param what there is to do, for whoever reads the schedule
   * @param duty of its role, for whoever reads that
   */
  EveryMinute(Construct scope, String name, String what, String duty, JavaFunction function) {
    Role role = role(scope, duty, function);
    super(scope, "EveryMinute", schedule(name, what, role, function));
    getNode().addDependency(function, role);
  }

  private static Role role(Construct scope, String duty, JavaFunction function) {
    Role role =
        Role.Builder.create(scope, "Role")
            .assumedBy(ServicePrincipals.inThisAccount(scope, "scheduler.amazonaws.com"))
            .description(duty)
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("lambda:InvokeFunction"))
            .resources(List.of(function.aliasArn()))
            .build());
    return role;
  }

  private static CfnScheduleProps schedule(
      String name, String what, Role role, JavaFunction function) {
    return CfnScheduleProps.builder()
        .name(name)
        .description(what)
        .scheduleExpression("rate(1 minute)")
        .flexibleTimeWindow(FlexibleTimeWindowProperty.builder().mode("OFF").build())
        .target(
            TargetProperty.builder()
                .arn(function.aliasArn())
                .roleArn(role.getRoleArn())
                .input("{}")
                // The next minute does what this one could not.
                .retryPolicy(
                    RetryPolicyProperty.builder()
                        .maximumEventAgeInSeconds(60)
                        .maximumRetryAttempts(0)
                        .build())
                .build())
        .build();
  }
}

package agentpost.infra;

import java.util.List;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.amazon.awscdk.services.scheduler.CfnScheduleProps;
import software.constructs.Construct;

/**
 * Has a function do its round every minute. One that ends before the next begins is alone, but for
 * a call that Lambda held back for want of concurrency: such rounds share nothing that leases and
 * conditional writes do not keep apart, so none is reserved, which an account with a quota of 10
 * would refuse.
 */
final class EveryMinute extends CfnSchedule {
  /**
   * @param name of the schedule
   * @param what there is to do, for whoever reads the schedule
   * @param duty of its role, for whoever reads that
   */
  EveryMinute(
      Construct scope,
      String name,
      String what,
      String duty,
      JavaFunction function,
      ScheduleGroup schedules) {
    Role role = role(scope, duty, function, schedules);
    super(scope, "EveryMinute", schedule(name, what, role, function, schedules));
    function.invokeAtMostOnce();
    getNode().addDependency(function, role);
  }

  private static Role role(
      Construct scope, String duty, JavaFunction function, ScheduleGroup schedules) {
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
    role.addToPolicy(schedules.allowDeadLetters(scope));
    return role;
  }

  private static CfnScheduleProps schedule(
      String name, String what, Role role, JavaFunction function, ScheduleGroup schedules) {
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
                .deadLetterConfig(
                    DeadLetterConfigProperty.builder()
                        .arn(schedules.deadLettersArn(function))
                        .build())
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

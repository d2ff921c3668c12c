package agentpost.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.constructs.Construct;

/**
 * The function that finds operations past their deadline and publishes what is not on the bus yet,
 * every minute.
 */
final class OperationSweeper extends Construct {
  /** Ends before the next run begins. */
  private static final int TIMEOUT_SECONDS = 50;

  private final JavaFunction sweeper;

  OperationSweeper(Construct scope, StackContext foundation) {
    super(scope, "Deadlines");
    Names names = foundation.names();
    String table = foundation.tables().operations().getTableArn();
    sweeper =
        new JavaFunction(
            this,
            "Sweeper",
            names.part("deadlines"),
            "agentpost.callback.SweeperHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            Map.of(
                "OPERATIONS_TABLE",
                foundation.tables().operations().getTableName(),
                "BUS_NAME",
                foundation.bus().name()));
    sweeper.allow(
        List.of("dynamodb:Query"), table + "/index/open-by-deadline", table + "/index/unpublished");
    sweeper.allow(List.of("dynamodb:GetItem", "dynamodb:UpdateItem"), table);
    sweeper.allow(foundation.bus().allowPutAs(List.of("operations")));
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(ServicePrincipals.inThisAccount(this, "scheduler.amazonaws.com"))
            .description("Scheduler looks for operations past their deadline")
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("lambda:InvokeFunction"))
            .resources(List.of(sweeper.aliasArn()))
            .build());
    CfnSchedule schedule =
        CfnSchedule.Builder.create(this, "EveryMinute")
            .name(names.part("deadlines"))
            .description("Operations past their deadline")
            .scheduleExpression("rate(1 minute)")
            .flexibleTimeWindow(
                CfnSchedule.FlexibleTimeWindowProperty.builder().mode("OFF").build())
            .target(
                CfnSchedule.TargetProperty.builder()
                    .arn(sweeper.aliasArn())
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
    schedule.getNode().addDependency(sweeper, role);
  }

  JavaFunction sweeper() {
    return sweeper;
  }
}

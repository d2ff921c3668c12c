package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.scheduler.CfnScheduleGroup;
import software.constructs.Construct;

/**
 * The group that agents plan events in, the roles by which EventBridge Scheduler puts them on the
 * bus, and the queue of what it could not put there.
 */
final class ScheduleGroup extends Construct {
  private final CfnScheduleGroup group;
  private final Bus bus;
  private final ResourceNames names;

  ScheduleGroup(Construct scope, ResourceNames names, Bus bus) {
    super(scope, "Reminders");
    this.bus = bus;
    this.names = names;
    new DeadLetters(this, names.scheduleDeadLetters());
    group = CfnScheduleGroup.Builder.create(this, "Group").name(names.prefix()).build();
  }

  String group() {
    return group.getRef();
  }

  /** A role for each agent: with one for all, each could plan events in another's name. */
  Role role(Construct scope, String agent) {
    Role role =
        Role.Builder.create(scope, "Planned")
            .assumedBy(ServicePrincipals.inThisAccount(scope, "scheduler.amazonaws.com"))
            .description("Scheduler puts what " + agent + " planned on the bus")
            .build();
    role.addToPolicy(bus.allowPutAs(List.of(agent)));
    role.addToPolicy(allowDeadLetters(scope));
    return role;
  }

  /** The right that Scheduler puts a dead letter by, which is its schedule's role's. */
  PolicyStatement allowDeadLetters(Construct scope) {
    return PolicyStatement.Builder.create()
        .actions(List.of("sqs:SendMessage"))
        .resources(List.of(deadLettersArn(scope)))
        .build();
  }

  /**
   * By its name: references from hundreds of nested stacks would make the root's template too
   * large.
   */
  String deadLettersArn(Construct scope) {
    return Arns.of(scope, "sqs", names.scheduleDeadLetters());
  }

  void watch(Alarms alarms) {
    alarms.watch(
        this,
        "DlqNotEmpty",
        names.part("schedules-dlq-not-empty"),
        "Reminders that are not on the bus, or functions that were not invoked at their minute",
        new Metric(
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            Map.of("QueueName", names.scheduleDeadLetters()),
            "Maximum"),
        1,
        1);
  }
}

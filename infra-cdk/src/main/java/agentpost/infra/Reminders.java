package agentpost.infra;

import java.util.List;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.scheduler.CfnScheduleGroup;
import software.constructs.Construct;

/** The group that agents plan events in, and the role by which EventBridge Scheduler puts them on the bus. */
final class Reminders extends Construct {
  private final CfnScheduleGroup group;
  private final Role role;

  Reminders(Construct scope, Names names, Bus bus) {
    super(scope, "Reminders");
    group = CfnScheduleGroup.Builder.create(this, "Group").name(names.prefix()).build();
    role =
        Role.Builder.create(this, "Role")
            .assumedBy(Trusted.inThisAccount(this, "scheduler.amazonaws.com"))
            .description("Scheduler puts planned events on the bus")
            .build();
    role.addToPolicy(PolicyStatement.Builder.create().actions(List.of("events:PutEvents")).resources(List.of(bus.arn())).build());
  }

  String group() {
    return group.getRef();
  }

  Role role() {
    return role;
  }
}

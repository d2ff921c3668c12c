package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.scheduler.CfnScheduleGroup;
import software.constructs.Construct;

/**
 * The group that agents plan events in, and the roles by which EventBridge Scheduler puts them on
 * the bus.
 */
final class ScheduleGroup extends Construct {
  private final CfnScheduleGroup group;
  private final Bus bus;

  ScheduleGroup(Construct scope, ResourceNames names, Bus bus) {
    super(scope, "Reminders");
    this.bus = bus;
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
    return role;
  }
}

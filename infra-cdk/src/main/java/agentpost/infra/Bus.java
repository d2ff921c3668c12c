package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.services.events.CfnArchive;
import software.amazon.awscdk.services.events.CfnEventBus;
import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.ResourcePolicy;
import software.constructs.Construct;

/** The bus, its archive, and the log of all events. */
final class Bus extends Construct {
  /** Longer than a dead letter is kept, so that what was lost by mistake can still be replayed. */
  private static final int ARCHIVE_DAYS = 30;

  private final CfnEventBus bus;
  private final CfnArchive archive;

  Bus(Construct scope, ResourceNames names) {
    super(scope, "Bus");
    bus =
        CfnEventBus.Builder.create(this, "Bus")
            .name(names.prefix())
            .description("Events between services and agents")
            .build();
    archive =
        CfnArchive.Builder.create(this, "Archive")
            .archiveName(names.prefix())
            .sourceArn(arn())
            .retentionDays(ARCHIVE_DAYS)
            .description("Every event, to replay from")
            .build();
    ServiceLog log = new ServiceLog(this, "/aws/events/" + names.prefix());
    // A rule's target cannot bring a role for a log group: the group's own policy lets EventBridge
    // in.
    ResourcePolicy policy =
        ResourcePolicy.Builder.create(this, "LogPolicy")
            .resourcePolicyName(names.prefix() + "-events")
            .policyStatements(
                List.of(
                    PolicyStatement.Builder.create()
                        .principals(
                            List.of(
                                new ServicePrincipal("events.amazonaws.com"),
                                new ServicePrincipal("delivery.logs.amazonaws.com")))
                        .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
                        .resources(List.of(groupArn("/aws/events/" + names.prefix() + ":*")))
                        .build()))
            .build();
    CfnRule rule =
        CfnRule.Builder.create(this, "LogRule")
            .name(names.prefix() + "-log")
            .description("Every event, to the log")
            .eventBusName(bus.getRef())
            .eventPattern(Map.of("source", List.of(Map.of("prefix", ""))))
            .targets(
                List.of(
                    CfnRule.TargetProperty.builder()
                        .id("log")
                        .arn(groupArn(log.getLogGroupName()))
                        .build()))
            .build();
    rule.getNode().addDependency(policy);
  }

  /** Of the log of events; EventBridge may write to it, whatever the rule. */
  String logArn(ResourceNames names) {
    return groupArn("/aws/events/" + names.prefix());
  }

  private String groupArn(String name) {
    return Arns.withColon(this, "logs", "log-group", name);
  }

  /**
   * The right to put events under these names and no others: who it is that says something is what
   * agents go by. A request without a source, of which the condition would be true, is
   * EventBridge's to refuse.
   */
  PolicyStatement allowPutAs(List<String> sources) {
    return PolicyStatement.Builder.create()
        .actions(List.of("events:PutEvents"))
        .resources(List.of(arn()))
        .conditions(Map.of("ForAllValues:StringEquals", Map.of("events:source", sources)))
        .build();
  }

  String name() {
    return bus.getRef();
  }

  String arn() {
    return bus.getAttrArn();
  }

  String archive() {
    return archive.getRef();
  }
}

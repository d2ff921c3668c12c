package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import agentpost.schemas.EventSchemas;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.events.CfnEventBusPolicy;
import software.constructs.Construct;

/**
 * Other accounts that may put events on the bus: of types that are known and not the framework's to
 * say, and under no name of ours, for agents go by who says something. An account's own IAM decides
 * who in it may. No service is let in, so nobody comes in by way of another's rule.
 */
final class Producers extends Construct {
  /** What only the framework can know. */
  static final Set<String> INTERNAL_TYPES =
      Set.of(
          "agent.recovered",
          "agent.resumed",
          "agent.stopped",
          "agent.unhealthy",
          "deadline.reached",
          "ingest.refused",
          "operation.completed",
          "operation.failed",
          "operation.timed_out");

  Producers(Construct scope, Catalog catalog, Bus bus, EventSchemas schemas) {
    super(scope, "Producers");
    List<String> types =
        schemas.eventTypes().stream().filter(type -> !INTERNAL_TYPES.contains(type)).toList();
    // Operators and keys are those of the user guide, "Permissions for event buses in Amazon
    // EventBridge" and "Using IAM policy conditions in Amazon EventBridge".
    Map<String, Object> conditions =
        new TreeMap<>(
            Map.of(
                "ForAllValues:StringEquals",
                Map.of("events:detail-type", types),
                "ForAllValues:StringNotEquals",
                Map.of("events:source", List.copyOf(catalog.publishers()))));
    Map<String, Object> statement =
        new TreeMap<>(
            Map.of(
                "Sid",
                "producers",
                "Effect",
                "Allow",
                "Principal",
                Map.of("AWS", principals(catalog.producers())),
                "Action",
                "events:PutEvents",
                "Resource",
                bus.arn(),
                "Condition",
                conditions));
    CfnEventBusPolicy.Builder.create(this, "Policy")
        .eventBusName(bus.name())
        .statementId("producers")
        .statement(statement)
        .build();
  }

  private List<String> principals(List<String> accounts) {
    String partition = Stack.of(this).getPartition();
    return accounts.stream()
        .map(account -> "arn:" + partition + ":iam::" + account + ":root")
        .toList();
  }
}

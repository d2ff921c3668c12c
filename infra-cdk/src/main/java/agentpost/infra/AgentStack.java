package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.events.CfnApiDestination;
import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.sqs.Queue;
import software.constructs.Construct;
import software.constructs.IDependable;

/**
 * All of one agent: its secret, its function, its dead-letter queue, and last the rule and API
 * destination that deliver to it. What the relay answers 403 or 404 is dead-lettered at once, so no
 * event may come before everything else is there.
 */
final class AgentStack extends NestedStack {
  private final Catalog.Agent agent;
  private final SharedResources shared;
  private final ResourceNames names;

  AgentStack(Construct scope, Catalog.Agent agent, SharedResources shared) {
    super(scope, agent.name());
    this.agent = agent;
    this.shared = shared;
    this.names = shared.names();
    CfnResource self = Objects.requireNonNull(getNestedStackResource());
    self.addResourceDependency(shared.api().dependency());
    shared.relay().dependencies().forEach(self::addResourceDependency);
    self.addResourceDependency(shared.secrets().dependency());
    if (agent.place() instanceof Placement.Hosted hosted
        && hosted.uses().contains(Catalog.Capability.OPERATIONS)) {
      shared
          .operations()
          .ifPresent(operations -> self.addResourceDependency(operations.dependency()));
    }
    Secret secret =
        shared
            .vault()
            .rotatedSecret(
                this,
                "Secret",
                names.webhookSecret(agent.name()),
                "Signs deliveries to " + agent.name(),
                agent.keys());
    List<IDependable> first = new ArrayList<>(List.of(secret));
    if (agent.place() instanceof Placement.Hosted hosted) {
      first.add(new HostedAgent(this, agent, hosted, shared.atDoor(agent.from()), secret, shared));
    }
    Queue deadLetters = deadLetters();
    first.add(deadLetters);
    CfnApiDestination destination = destination();
    Role role = deliveryRole(destination);
    first.add(role);
    first.add(new AgentAlarms(this, agent, shared));
    rule(destination, role, deadLetters).getNode().addDependency(first.toArray(IDependable[]::new));
  }

  private Queue deadLetters() {
    Queue queue = new DeadLetters(this, names.deadLetters(agent.name()));
    // The rule's ARN from its name: the rule waits for this policy, so the policy cannot refer to
    // the rule. A replay of some of its event types has a rule of its own while it lasts.
    List<String> rules =
        List.of(ruleArn(names.agent(agent.name())), ruleArn(names.replayRules() + "*"));
    queue.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .effect(Effect.ALLOW)
            .principals(List.of(new ServicePrincipal("events.amazonaws.com")))
            .actions(List.of("sqs:SendMessage"))
            .resources(List.of(queue.getQueueArn()))
            .conditions(Map.of("ArnLike", Map.of("aws:SourceArn", rules)))
            .build());
    return queue;
  }

  private String ruleArn(String name) {
    return Arns.withSlash(this, "events", "rule", shared.bus().name() + "/" + name);
  }

  private CfnApiDestination destination() {
    return CfnApiDestination.Builder.create(this, "Destination")
        .name(names.agent(agent.name()))
        .description("Deliveries to " + agent.name() + ", through the relay")
        .connectionArn(shared.relay().connectionArn())
        .httpMethod("POST")
        .invocationEndpoint(shared.relay().endpoint(agent.name()))
        .invocationRateLimitPerSecond(agent.rate())
        .build();
  }

  private Role deliveryRole(CfnApiDestination destination) {
    Role role =
        Role.Builder.create(this, "DeliveryRole")
            .assumedBy(ServicePrincipals.inThisAccount(this, "events.amazonaws.com"))
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("events:InvokeApiDestination"))
            .resources(List.of(destination.getAttrArn()))
            .build());
    return role;
  }

  private CfnRule rule(CfnApiDestination destination, Role role, Queue deadLetters) {
    return CfnRule.Builder.create(this, "Rule")
        .name(names.agent(agent.name()))
        .description("What " + agent.name() + " hears")
        .eventBusName(shared.bus().name())
        .eventPattern(RulePattern.pattern(agent))
        .targets(
            List.of(
                CfnRule.TargetProperty.builder()
                    .id("webhook")
                    .arn(destination.getAttrArn())
                    .roleArn(role.getRoleArn())
                    .inputPath("$.detail")
                    .deadLetterConfig(
                        CfnRule.DeadLetterConfigProperty.builder()
                            .arn(deadLetters.getQueueArn())
                            .build())
                    .retryPolicy(
                        CfnRule.RetryPolicyProperty.builder()
                            .maximumRetryAttempts(agent.retry().attempts())
                            .maximumEventAgeInSeconds((int) agent.retry().maxAge().toSeconds())
                            .build())
                    .build()))
        .build();
  }
}

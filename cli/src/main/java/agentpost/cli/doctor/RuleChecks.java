package agentpost.cli.doctor;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.AccountCheck;
import agentpost.cli.deployment.Finding;
import agentpost.cli.deployment.StackChecks;
import agentpost.cli.events.Subscription;
import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Decision;
import agentpost.local.policy.Policy;
import agentpost.local.policy.Principal;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** The rules of a stack's bus, and whether what they cannot deliver may go to their queues. */
final class RuleChecks {
  private static final String RULES = "rules";
  private static final String POLICIES = "queue policies";
  private static final Principal EVENTBRIDGE = new Principal.Service("events.amazonaws.com");

  private final CloudOptions place;
  private final Optional<CloudAssembly> assembly;

  /** Dead-letter queues' ARNs by their rules. */
  private final Map<String, Rule> queues = new TreeMap<>();

  RuleChecks(CloudOptions place, Optional<CloudAssembly> assembly) {
    this.place = place;
    this.assembly = assembly;
  }

  /** The second looks at what the first has found. */
  List<AccountCheck> all() {
    return List.of(
        new AccountCheck(RULES, "events:ListRules and events:ListTargetsByRule", this::rules),
        new AccountCheck(POLICIES, "sqs:GetQueueUrl and sqs:GetQueueAttributes", this::policies));
  }

  private String deploy() {
    return place.isAws() ? StackChecks.inApp(place.nextOfCdk("deploy")) : "./agentpost local";
  }

  private List<Finding> rules() {
    return place.ask(
        EventBridgeClient.builder(),
        client -> {
          List<Finding> findings = new ArrayList<>();
          List<Rule> rules = list(client);
          rules.forEach(rule -> check(client, rule).ifPresent(findings::add));
          assembly.map(Subscription::readAll).orElse(List.of()).stream()
              .map(Subscription::agent)
              .filter(
                  agent ->
                      rules.stream()
                          .noneMatch(one -> one.name().equals(place.names().agent(agent))))
              .forEach(
                  agent ->
                      findings.add(
                          Finding.warn(
                              "agent " + agent, "is not deployed: it has no rule", deploy())));
          return findings.isEmpty()
              ? List.of(Finding.ok(RULES, rules.size() + ", each enabled and with a target"))
              : findings;
        });
  }

  /** Without those of a replay, which takes them away. */
  private List<Rule> list(EventBridgeClient client) {
    List<Rule> rules = new ArrayList<>();
    String token = null;
    do {
      String next = token;
      ListRulesResponse page =
          client.listRules(
              list ->
                  list.eventBusName(place.prefix())
                      .namePrefix(place.names().partPrefix())
                      .nextToken(next));
      page.rules().stream()
          .filter(rule -> !rule.name().startsWith(place.names().replayRules()))
          .forEach(rules::add);
      token = page.nextToken();
    } while (token != null);
    return rules;
  }

  private Optional<Finding> check(EventBridgeClient client, Rule rule) {
    String named = " --event-bus-name " + place.prefix();
    List<Target> targets =
        client
            .listTargetsByRule(list -> list.eventBusName(place.prefix()).rule(rule.name()))
            .targets();
    for (Target target : targets) {
      if (target.deadLetterConfig() != null && target.deadLetterConfig().arn() != null) {
        queues.put(target.deadLetterConfig().arn(), rule);
      }
    }
    if (targets.isEmpty()) {
      return Optional.of(
          Finding.stop(
              "rule " + rule.name(), "has no target, so nobody gets what it matches", deploy()));
    }
    return rule.state() == RuleState.DISABLED
        ? Optional.of(
            Finding.warn(
                "rule " + rule.name(),
                "is disabled, so nobody gets what it matches",
                place.nextOfAws("events enable-rule --name " + rule.name() + named)))
        : Optional.empty();
  }

  private List<Finding> policies() {
    List<Finding> findings =
        place.ask(
            SqsClient.builder(),
            client ->
                queues.entrySet().stream()
                    .flatMap(queue -> check(client, queue.getKey(), queue.getValue()).stream())
                    .toList());
    return findings.isEmpty()
        ? List.of(Finding.ok(POLICIES, "EventBridge may send to all " + queues.size() + " queues"))
        : findings;
  }

  private Optional<Finding> check(SqsClient client, String arn, Rule rule) {
    String name = arn.substring(arn.lastIndexOf(':') + 1);
    try {
      String url = client.getQueueUrl(get -> get.queueName(name)).queueUrl();
      String policy =
          client
              .getQueueAttributes(
                  get -> get.queueUrl(url).attributeNames(QueueAttributeName.POLICY))
              .attributes()
              .getOrDefault(QueueAttributeName.POLICY, "");
      return !policy.isEmpty() && isAllowed(policy, arn, rule.arn())
          ? Optional.empty()
          : Optional.of(
              Finding.stop(
                  "queue " + name,
                  "its policy does not let EventBridge send, so dead letters of "
                      + rule.name()
                      + " are lost",
                  deploy()));
    } catch (QueueDoesNotExistException e) {
      return Optional.of(
          Finding.stop(
              "queue " + name,
              "there is none, so dead letters of " + rule.name() + " are lost",
              deploy()));
    }
  }

  /** As AWS, and a local cloud that is strict, decide it. */
  private static boolean isAllowed(String policy, String queue, String rule) {
    try {
      return Policy.ofResource(new JsonMapper().readTree(policy))
              .decide(
                  EVENTBRIDGE,
                  new ActionRequest("sqs:SendMessage", queue)
                      .with("aws:SourceArn", List.of(rule))
                      .with("aws:SecureTransport", List.of("true")))
          == Decision.ALLOWED;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The policy of " + queue + " is no JSON", e);
    }
  }
}

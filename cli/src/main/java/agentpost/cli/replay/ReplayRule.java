package agentpost.cli.replay;

import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.ReplayState;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.Target;

/**
 * A rule for as long as one replay takes, with the targets of an agent's own, so that what it
 * delivers is retried and dead-lettered alike. A replay can be limited to rules, not to event
 * types.
 */
final class ReplayRule implements AutoCloseable {
  private static final Set<ReplayState> FINAL_STATES =
      Set.of(ReplayState.COMPLETED, ReplayState.CANCELLED, ReplayState.FAILED);

  private final EventBridgeClient client;
  private final String bus;
  private final String name;
  private final String arn;
  private boolean isGone;

  private ReplayRule(EventBridgeClient client, String bus, String name, String arn) {
    this.client = client;
    this.bus = bus;
    this.name = name;
    this.arn = arn;
  }

  /**
   * @param own the agent's rule
   * @param name of the replay, and of this rule
   */
  static ReplayRule make(
      EventBridgeClient client,
      String bus,
      DescribeRuleResponse own,
      Set<String> types,
      String name) {
    ObjectNode pattern =
        ReplayPattern.of(json(own.eventPattern()), types, name)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "the rule "
                            + own.name()
                            + " matches nothing of type "
                            + String.join(", ", types)
                            + "; see its subscriptions in agents.yaml"));
    List<Target> targets =
        client.listTargetsByRule(list -> list.rule(own.name()).eventBusName(bus)).targets();
    if (targets.isEmpty()) {
      throw new CommandFailure("the rule " + own.name() + " has no target; deploy the stack");
    }
    String arn =
        client
            .putRule(
                put ->
                    put.name(name)
                        .eventBusName(bus)
                        .eventPattern(pattern.toString())
                        .description("For a replay, and gone with it: agentpost replay"))
            .ruleArn();
    ReplayRule rule = new ReplayRule(client, bus, name, arn);
    try {
      client.putTargets(put -> put.rule(name).eventBusName(bus).targets(targets));
      return rule;
    } catch (RuntimeException e) {
      rule.close();
      throw e;
    }
  }

  private static JsonNode json(String pattern) {
    try {
      return new JsonMapper().readTree(pattern);
    } catch (JsonProcessingException e) {
      throw new CommandFailure("the rule's pattern is not JSON: " + e.getOriginalMessage());
    }
  }

  String arn() {
    return arn;
  }

  /** Waits for whoever is closing it; then it is gone. */
  @Override
  public synchronized void close() {
    if (!isGone) {
      remove(client, bus, name);
      isGone = true;
    }
  }

  private static void remove(EventBridgeClient client, String bus, String name) {
    List<String> ids =
        client.listTargetsByRule(list -> list.rule(name).eventBusName(bus)).targets().stream()
            .map(Target::id)
            .toList();
    if (!ids.isEmpty()) {
      client.removeTargets(remove -> remove.rule(name).eventBusName(bus).ids(ids));
    }
    client.deleteRule(delete -> delete.name(name).eventBusName(bus));
  }

  /** Removes what a command that was killed has left: the rules of replays that are over. */
  static void sweep(EventBridgeClient client, String bus, String prefix) {
    for (Rule rule : client.listRules(list -> list.eventBusName(bus).namePrefix(prefix)).rules()) {
      if (isOver(client, rule.name())) {
        remove(client, bus, rule.name());
      }
    }
  }

  private static boolean isOver(EventBridgeClient client, String replay) {
    try {
      return FINAL_STATES.contains(
          client.describeReplay(describe -> describe.replayName(replay)).state());
    } catch (ResourceNotFoundException e) {
      // A replay that is about to start, or an agent by such a name.
      return false;
    }
  }
}

package agentpost.local.iam;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A role of a template: who may take it, and what it may do. */
final class Role {
  /**
   * Names of schedules and objects are new with each event: what is remembered must have an end.
   */
  private static final int MAX_CACHED_DECISIONS = 10_000;

  private record DecisionKey(String action, String resource) {}

  private final String name;
  private final String arn;
  private final Map<String, List<Statement>> policies = new ConcurrentHashMap<>();
  private volatile List<Statement> trust;

  /** A function asks for the same again and again; which statements are about it is found once. */
  private final Map<DecisionKey, List<Statement>> about = new ConcurrentHashMap<>();

  Role(String name, String arn, List<Statement> trust) {
    this.name = name;
    this.arn = arn;
    this.trust = List.copyOf(trust);
  }

  String name() {
    return name;
  }

  String arn() {
    return arn;
  }

  void trust(List<Statement> statements) {
    trust = List.copyOf(statements);
  }

  void put(String policy, List<Statement> statements) {
    policies.put(policy, List.copyOf(statements));
    about.clear();
  }

  void remove(String policy) {
    if (policies.remove(policy) != null) {
      about.clear();
    }
  }

  boolean trusts(String service, Map<String, List<String>> context) {
    ActionRequest assume = new ActionRequest("sts:AssumeRole", arn, context);
    return Decision.of(
            trust.stream()
                .filter(
                    statement ->
                        statement.names(service) && statement.actions().contains("sts:assumerole"))
                .toList(),
            assume)
        == Decision.ALLOWED;
  }

  private List<Statement> about(DecisionKey asked) {
    return policies.values().stream()
        .flatMap(List::stream)
        .filter(statement -> statement.isAbout(asked.action(), asked.resource()))
        .toList();
  }

  Decision decide(ActionRequest call) {
    if (about.size() > MAX_CACHED_DECISIONS) {
      about.clear();
    }
    return Decision.of(
        about.computeIfAbsent(new DecisionKey(call.action(), call.resource()), this::about), call);
  }
}

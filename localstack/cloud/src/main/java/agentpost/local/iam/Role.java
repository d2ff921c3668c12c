package agentpost.local.iam;

import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Decision;
import agentpost.local.policy.Policy;
import agentpost.local.policy.Principal;
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
  private final Map<String, Policy> policies = new ConcurrentHashMap<>();
  private volatile Policy trust;

  /** A function asks for the same again and again; which statements are about it is found once. */
  private final Map<DecisionKey, Policy> about = new ConcurrentHashMap<>();

  Role(String name, String arn, Policy trust) {
    this.name = name;
    this.arn = arn;
    this.trust = trust;
  }

  String name() {
    return name;
  }

  String arn() {
    return arn;
  }

  void trust(Policy policy) {
    trust = policy;
  }

  void put(String policyName, Policy policy) {
    policies.put(policyName, policy);
    about.clear();
  }

  void remove(String policyName) {
    if (policies.remove(policyName) != null) {
      about.clear();
    }
  }

  boolean trusts(String service, Map<String, List<String>> context) {
    ActionRequest assume = new ActionRequest("sts:AssumeRole", arn, context);
    return trust.decide(new Principal.Service(service), assume) == Decision.ALLOWED;
  }

  private Policy about(DecisionKey asked) {
    return Policy.union(policies.values()).about(asked.action(), asked.resource());
  }

  Decision decide(ActionRequest call) {
    if (about.size() > MAX_CACHED_DECISIONS) {
      about.clear();
    }
    return about
        .computeIfAbsent(new DecisionKey(call.action(), call.resource()), this::about)
        .decide(new Principal.Role(arn), call);
  }
}

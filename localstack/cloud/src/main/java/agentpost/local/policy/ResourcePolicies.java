package agentpost.local.policy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The policies that resources have of their own, by the resources' ARNs, each by its name. */
public final class ResourcePolicies {
  private static final Pattern QUALIFIER =
      Pattern.compile("^(arn:aws:lambda:[^:]*:[^:]*:function:[^:]+):[^:]+$");
  private final Map<String, Map<String, Policy>> resources = new ConcurrentHashMap<>();

  /** Policies of log groups are the account's: each says itself which groups it is about. */
  private final Map<String, Policy> ofLogs = new ConcurrentHashMap<>();

  private final Set<String> declared = ConcurrentHashMap.newKeySet();

  /** A resource that services call by a policy of its own: without one they may not. */
  public void declare(String resourceArn) {
    declared.add(resourceArn);
  }

  /** A function's versions and aliases are declared with it, and have a policy each. */
  public boolean isDeclared(String resourceArn) {
    return declared.contains(resourceArn)
        || declared.contains(QUALIFIER.matcher(resourceArn).replaceFirst("$1"));
  }

  /** One of several that a resource may have, such as a function's permissions. */
  public void add(String resourceArn, String name, Policy policy) {
    resources.computeIfAbsent(resourceArn, _ -> new ConcurrentHashMap<>()).put(name, policy);
  }

  /** The one that a resource has from now on, such as a queue's. */
  public void replace(String resourceArn, String name, Policy policy) {
    resources.put(resourceArn, new ConcurrentHashMap<>(Map.of(name, policy)));
  }

  public void addForLogs(String name, Policy policy) {
    ofLogs.put(name, policy);
  }

  /** Wherever it was. */
  public void withdraw(String name) {
    resources.values().forEach(policies -> policies.remove(name));
    ofLogs.remove(name);
  }

  public void clear(String resourceArn) {
    resources.remove(resourceArn);
  }

  /** With the resource. */
  public void forget(String resourceArn) {
    resources.remove(resourceArn);
    declared.remove(resourceArn);
  }

  /** What the resource's policies make of a call; nothing if it has none. */
  public Optional<Decision> decide(Principal who, ActionRequest call) {
    Map<String, Policy> policies =
        call.resource().startsWith("arn:aws:logs:")
            ? ofLogs
            : resources.getOrDefault(call.resource(), Map.of());
    return policies.isEmpty()
        ? Optional.empty()
        : Optional.of(Policy.union(policies.values()).decide(who, call));
  }
}

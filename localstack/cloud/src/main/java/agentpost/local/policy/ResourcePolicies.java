package agentpost.local.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The policies that resources have of their own, by the resources' ARNs, each by its name. */
public final class ResourcePolicies {
  private static final Pattern QUALIFIER =
      Pattern.compile("^(arn:aws:lambda:[^:]*:[^:]*:function:[^:]+):[^:]+$");
  private final Map<String, Map<String, Held>> resources = new ConcurrentHashMap<>();

  /** Policies of log groups are the account's: each says itself which groups it is about. */
  private final Map<String, Policy> ofLogs = new ConcurrentHashMap<>();

  private final Set<String> declared = ConcurrentHashMap.newKeySet();

  /**
   * @param document as it was given; empty if nobody is shown it
   */
  private record Held(Policy policy, String document) {}

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
    resources
        .computeIfAbsent(resourceArn, _ -> new ConcurrentHashMap<>())
        .put(name, new Held(policy, ""));
  }

  /** The one that a resource has from now on, such as a queue's. */
  public void replace(String resourceArn, String name, JsonNode document) {
    Held held = new Held(Policy.ofResource(document), document.toString());
    resources.put(resourceArn, new ConcurrentHashMap<>(Map.of(name, held)));
  }

  /** The one that a resource has, as it was given. */
  public Optional<String> document(String resourceArn) {
    return resources.getOrDefault(resourceArn, Map.of()).values().stream()
        .map(Held::document)
        .filter(document -> !document.isEmpty())
        .findFirst();
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
    Collection<Policy> policies =
        call.resource().startsWith("arn:aws:logs:")
            ? ofLogs.values()
            : resources.getOrDefault(call.resource(), Map.of()).values().stream()
                .map(Held::policy)
                .toList();
    return policies.isEmpty()
        ? Optional.empty()
        : Optional.of(Policy.union(policies).decide(who, call));
  }
}

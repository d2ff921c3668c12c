package agentpost.local.sqs;

import agentpost.local.policy.Policy;
import agentpost.local.policy.ResourcePolicies;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Queues' attributes that ElasticMQ passes over. */
final class QueueAttributeStore {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String POLICY = "Policy";
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "MaximumMessageSize",
          Integer.toString(SqsLimits.MAX_MESSAGE_BYTES),
          "MessageRetentionPeriod",
          "345600",
          "SqsManagedSseEnabled",
          "true");

  static final Set<String> NAMES = DEFAULTS.keySet();

  private record Kept(Instant created, Map<String, String> values) {}

  private final Map<String, Kept> queues = new ConcurrentHashMap<>();
  private final ResourcePolicies policies;

  /**
   * @param policies that queues' policies are held by
   */
  QueueAttributeStore(ResourcePolicies policies) {
    this.policies = policies;
  }

  /** What a queue is given that ElasticMQ is not to see. */
  void put(String queue, JsonNode attributes) {
    Kept kept =
        queues.computeIfAbsent(queue, _ -> new Kept(Instant.now(), new ConcurrentHashMap<>()));
    for (var attribute : attributes.properties()) {
      if (attribute.getKey().equals(POLICY)) {
        putPolicy(queue, attribute.getValue().asText(), kept.values());
      } else if (NAMES.contains(attribute.getKey())) {
        kept.values().put(attribute.getKey(), attribute.getValue().asText());
      }
    }
  }

  /** SqsLimits has read it before; an empty one takes away what there is. */
  private void putPolicy(String queue, String text, Map<String, String> values) {
    if (text.isEmpty()) {
      values.remove(POLICY);
      policies.clear(arn(queue));
      return;
    }
    try {
      policies.replace(arn(queue), POLICY, Policy.ofResource(JSON.readTree(text)));
      values.put(POLICY, text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a policy that is no JSON came past the limits", e);
    }
  }

  private static String arn(String queue) {
    return "arn:aws:sqs:us-east-1:000000000000:" + queue;
  }

  /** The rest. */
  static ObjectNode removeKept(JsonNode attributes) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    attributes.properties().forEach(one -> rest.set(one.getKey(), one.getValue()));
    rest.remove(POLICY);
    rest.remove(NAMES);
    return rest;
  }

  String of(String queue, String name) {
    Kept kept = queues.get(queue);
    return kept == null
        ? DEFAULTS.getOrDefault(name, "")
        : kept.values().getOrDefault(name, DEFAULTS.getOrDefault(name, ""));
  }

  int largestMessage(String queue) {
    return Integer.parseInt(of(queue, "MaximumMessageSize"));
  }

  Duration retention(String queue) {
    return Duration.ofSeconds(Long.parseLong(of(queue, "MessageRetentionPeriod")));
  }

  /** Whether a message may be older than what the queue keeps. */
  boolean mayHaveExpired(String queue) {
    Kept kept = queues.get(queue);
    return kept != null && kept.created().plus(retention(queue)).isBefore(Instant.now());
  }

  /** Adds those that are asked for. */
  void show(String queue, Set<String> asked, ObjectNode attributes) {
    boolean all = asked.contains("All");
    NAMES.stream()
        .filter(name -> all || asked.contains(name))
        .forEach(name -> attributes.put(name, of(queue, name)));
    String policy = of(queue, POLICY);
    if (!policy.isEmpty() && (all || asked.contains(POLICY))) {
      attributes.put(POLICY, policy);
    }
  }

  void forgetQueue(String queue) {
    queues.remove(queue);
    policies.clear(arn(queue));
  }
}

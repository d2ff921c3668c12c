package agentpost.local.sqs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Queues' attributes that ElasticMQ passes over. */
final class QueueAttributeStore {
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
  private final QueuePolicies policies;

  QueueAttributeStore(QueuePolicies policies) {
    this.policies = policies;
  }

  /** What a queue is given that ElasticMQ is not to see. */
  void put(String queue, JsonNode attributes) {
    Kept kept =
        queues.computeIfAbsent(queue, _ -> new Kept(Instant.now(), new ConcurrentHashMap<>()));
    for (var attribute : attributes.properties()) {
      if (attribute.getKey().equals("Policy")) {
        policies.put(queue, attribute.getValue().asText());
      } else if (NAMES.contains(attribute.getKey())) {
        kept.values().put(attribute.getKey(), attribute.getValue().asText());
      }
    }
  }

  /** The rest. */
  static ObjectNode removeKept(JsonNode attributes) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    attributes.properties().forEach(one -> rest.set(one.getKey(), one.getValue()));
    rest.remove("Policy");
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
    policies
        .of(queue)
        .filter(_ -> all || asked.contains("Policy"))
        .ifPresent(policy -> attributes.put("Policy", policy));
  }

  void forgetQueue(String queue) {
    queues.remove(queue);
    policies.forgetQueue(queue);
  }
}

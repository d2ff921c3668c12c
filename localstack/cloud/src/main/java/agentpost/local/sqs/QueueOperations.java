package agentpost.local.sqs;

import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Operations on queues, whose input {@link SqsLimits} has passed. */
final class QueueOperations {
  private static final String POLICY = "Policy";
  private static final String CREATED = "CreatedTimestamp";
  private static final String MODIFIED = "LastModifiedTimestamp";

  private final Queues queues;
  private final ResourcePolicies policies;
  private final String address;

  /**
   * @param policies that queues' policies are held by
   * @param address that queues' URLs begin with
   */
  QueueOperations(Queues queues, ResourcePolicies policies, String address) {
    this.queues = queues;
    this.policies = policies;
    this.address = address;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private String url(String name) {
    return SqsService.url(address, name);
  }

  JsonNode create(String name, ObjectNode input) {
    JsonNode attributes = input.path("Attributes");
    queues.withAll(
        all -> {
          MessageQueue there = all.get(name);
          if (there != null) {
            QueueAttributes.requireSame(there, attributes);
            return there;
          }
          MessageQueue made = queues.create(name);
          String now = Long.toString(Instant.now().getEpochSecond());
          made.attributes().put(CREATED, now);
          put(made, attributes);
          tags(made, input.path("tags"));
          all.put(name, made);
          return made;
        });
    return object().put("QueueUrl", url(name));
  }

  /** An empty policy takes away the one there is. */
  private void put(MessageQueue queue, JsonNode attributes) {
    Map<String, String> given = new TreeMap<>();
    attributes.properties().forEach(one -> given.put(one.getKey(), one.getValue().asText()));
    given.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            queue.attributes().remove(name);
          } else {
            queue.attributes().put(name, value);
          }
        });
    String policy = given.get(POLICY);
    if (policy != null && policy.isEmpty()) {
      policies.clear(Queues.arn(queue.name()));
    } else if (policy != null) {
      policies.replace(Queues.arn(queue.name()), POLICY, QueueAttributes.read(policy));
    }
    queue.attributes().put(MODIFIED, Long.toString(Instant.now().getEpochSecond()));
  }

  JsonNode setAttributes(String name, ObjectNode input) {
    return queues.with(
        name,
        queue -> {
          put(queue, input.path("Attributes"));
          return object();
        });
  }

  JsonNode delete(String name) {
    queues.withAll(
        all -> {
          MessageQueue queue = all.remove(name);
          if (queue == null) {
            throw Queues.noSuchQueue();
          }
          queue.purge();
          policies.clear(Queues.arn(name));
          return queue;
        });
    return object();
  }

  JsonNode purge(String name) {
    return queues.with(
        name,
        queue -> {
          queue.purge();
          return object();
        });
  }

  JsonNode findUrl(ObjectNode input) {
    if (!input
        .path("QueueOwnerAWSAccountId")
        .asText(SqsService.ACCOUNT)
        .equals(SqsService.ACCOUNT)) {
      throw Queues.noSuchQueue();
    }
    return queues.with(
        input.path("QueueName").asText(), queue -> object().put("QueueUrl", url(queue.name())));
  }

  JsonNode list(ObjectNode input) {
    String prefix = input.path("QueueNamePrefix").asText("");
    ArrayNode urls = JsonNodeFactory.instance.arrayNode();
    queues.withAll(
        all -> {
          all.keySet().stream()
              .filter(name -> name.startsWith(prefix))
              .forEach(name -> urls.add(url(name)));
          return urls;
        });
    return object().set("QueueUrls", urls);
  }

  /** The queues whose dead letters go to this one. */
  JsonNode listSources(String name) {
    ArrayNode urls = JsonNodeFactory.instance.arrayNode();
    queues.with(name, MessageQueue::name);
    queues.sources(name).forEach(source -> urls.add(url(source)));
    return object().set("queueUrls", urls);
  }

  JsonNode attributes(String name, ObjectNode input) {
    Set<String> asked = new LinkedHashSet<>();
    input.path("AttributeNames").forEach(one -> asked.add(one.asText()));
    for (String one : asked) {
      if (!SqsLimits.isAttribute(one)) {
        throw AwsException.badRequest("InvalidAttributeName", "Unknown Attribute " + one + ".");
      }
    }
    Map<String, String> all = queues.with(name, this::describe);
    ObjectNode shown = object();
    all.forEach(
        (attribute, value) -> {
          if (asked.contains("All") || asked.contains(attribute)) {
            shown.put(attribute, value);
          }
        });
    return asked.isEmpty() ? object() : object().set("Attributes", shown);
  }

  private Map<String, String> describe(MessageQueue queue) {
    Map<String, String> all = new TreeMap<>(QueueAttributes.DEFAULTS);
    if (queue.isFifo()) {
      all.put("ContentBasedDeduplication", "false");
    }
    all.putAll(queue.attributes());
    all.put("QueueArn", Queues.arn(queue.name()));
    // It may have come as a resource of a template.
    policies
        .document(Queues.arn(queue.name()))
        .ifPresent(document -> all.putIfAbsent(POLICY, document));
    long now = queues.now();
    all.put("ApproximateNumberOfMessages", Integer.toString(queue.countVisible(now)));
    all.put("ApproximateNumberOfMessagesDelayed", Integer.toString(queue.countDelayed(now)));
    all.put("ApproximateNumberOfMessagesNotVisible", Integer.toString(queue.countInFlight(now)));
    return all;
  }

  private static void tags(MessageQueue queue, JsonNode tags) {
    tags.properties().forEach(tag -> queue.tags().put(tag.getKey(), tag.getValue().asText()));
  }

  JsonNode tag(String name, ObjectNode input) {
    return queues.with(
        name,
        queue -> {
          tags(queue, input.path("Tags"));
          return object();
        });
  }

  JsonNode untag(String name, ObjectNode input) {
    return queues.with(
        name,
        queue -> {
          input.path("TagKeys").forEach(key -> queue.tags().remove(key.asText()));
          return object();
        });
  }

  JsonNode listTags(String name) {
    return queues.with(
        name,
        queue -> {
          ObjectNode tags = object();
          queue.tags().forEach(tags::put);
          return object().set("Tags", tags);
        });
  }
}

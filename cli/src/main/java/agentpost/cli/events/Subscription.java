package agentpost.cli.events;

import agentpost.catalog.CloudAssembly;
import agentpost.catalog.ResourceNames;
import agentpost.local.eventbridge.input.Patterns;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an agent subscribed to, as its rule says.
 *
 * @param pattern EventBridge's
 */
public record Subscription(String agent, JsonNode pattern) {
  private static final String OR = "$or";
  private static final String TYPE = "detail-type";

  /** By agent. A rule of an agent has its name, and a dead-letter queue of that name. */
  public static List<Subscription> readAll(CloudAssembly assembly) {
    ResourceNames names = new ResourceNames(assembly.root().name());
    List<String> queues =
        assembly
            .resources("AWS::SQS::Queue")
            .map(queue -> queue.properties().path("QueueName").asText())
            .toList();
    return assembly
        .resources("AWS::Events::Rule")
        .map(CloudAssembly.Resource::properties)
        .filter(rule -> rule.path("Name").asText().startsWith(names.partPrefix()))
        .map(
            rule ->
                new Subscription(
                    rule.path("Name").asText().substring(names.partPrefix().length()),
                    rule.path("EventPattern")))
        .filter(rule -> queues.contains(names.deadLetters(rule.agent())))
        .sorted(Comparator.comparing(Subscription::agent))
        .toList();
  }

  /**
   * The conditions beside the type under which an event of that type is heard, each as a pattern;
   * empty objects if there are none, nothing if it is never heard.
   */
  public List<JsonNode> conditions(String eventType) {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put(TYPE, eventType);
    List<JsonNode> conditions = new ArrayList<>();
    alternatives(pattern)
        .forEach(
            alternative -> {
              JsonNode types = alternative.path(TYPE);
              ObjectNode ofType = JsonNodeFactory.instance.objectNode().set(TYPE, types);
              if (types.isMissingNode() || Patterns.matches(ofType.toString(), event.toString())) {
                conditions.add(alternative.without(TYPE));
              }
            });
    return conditions;
  }

  /** A pattern of which some part may be one of several, as each of them. */
  private static Stream<ObjectNode> alternatives(JsonNode pattern) {
    ObjectNode common = ((ObjectNode) pattern).deepCopy().without(OR);
    return pattern.path(OR).isArray()
        ? pattern.path(OR).valueStream().map(one -> common.deepCopy().setAll((ObjectNode) one))
        : Stream.of(common);
  }
}

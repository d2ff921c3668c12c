package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** Operations on queues: what ElasticMQ passes over or answers otherwise than SQS is kept here. */
final class QueueOperations {
  private final ElasticMq engine;
  private final QueueAttributeStore kept;
  private final UntouchedQueues untouched;

  QueueOperations(ElasticMq engine, QueueAttributeStore kept, UntouchedQueues untouched) {
    this.engine = engine;
    this.kept = kept;
    this.untouched = untouched;
  }

  JsonNode create(String queue, ObjectNode input) {
    untouched.onAttributes(input.path("Attributes"));
    JsonNode made = engine.ask("CreateQueue", withoutKept(input));
    kept.put(queue, input.path("Attributes"));
    untouched.onMade(queue);
    return made;
  }

  JsonNode setAttributes(String queue, ObjectNode input) {
    untouched.onAttributes(input.path("Attributes"));
    ObjectNode rest = withoutKept(input);
    // Without any, ElasticMQ still says whether there is such a queue.
    JsonNode set =
        rest.path("Attributes").isEmpty()
            ? requireQueue(input)
            : engine.ask("SetQueueAttributes", rest);
    kept.put(queue, input.path("Attributes"));
    return set.isEmpty() ? set : JsonNodeFactory.instance.objectNode();
  }

  JsonNode delete(String queue, ObjectNode input) {
    JsonNode gone = engine.ask("DeleteQueue", input);
    kept.forgetQueue(queue);
    untouched.onDeleted(queue);
    return gone;
  }

  private static ObjectNode withoutKept(ObjectNode input) {
    ObjectNode rest = input.deepCopy();
    if (input.hasNonNull("Attributes")) {
      rest.set("Attributes", QueueAttributeStore.removeKept(input.path("Attributes")));
    }
    return rest;
  }

  JsonNode attributes(String queue, ObjectNode input) {
    Set<String> asked = new LinkedHashSet<>();
    input.path("AttributeNames").forEach(name -> asked.add(name.asText()));
    for (String name : asked) {
      if (!SqsLimits.isAttribute(name)) {
        throw AwsException.badRequest("InvalidAttributeName", "Unknown Attribute " + name + ".");
      }
    }
    if (untouched.isAnswerKnown(queue, input.path("AttributeNames"))) {
      return UntouchedQueues.zeros(input.path("AttributeNames"));
    }
    ObjectNode theirs = input.deepCopy();
    ArrayNode names = theirs.putArray("AttributeNames");
    asked.stream()
        .filter(name -> !QueueAttributeStore.NAMES.contains(name) && !name.equals("Policy"))
        .forEach(names::add);
    ObjectNode shown = (ObjectNode) engine.ask("GetQueueAttributes", theirs);
    if (!asked.isEmpty()) {
      ObjectNode all = shown.withObject("Attributes");
      if (names.isEmpty()) {
        all.removeAll();
      }
      kept.show(queue, asked, all);
    }
    return shown;
  }

  /** The queues whose dead letters go to the one with that ARN. */
  JsonNode listSources(String arn, ObjectNode input) {
    requireQueue(input);
    return JsonNodeFactory.instance.objectNode().set("queueUrls", sourcesOf(arn));
  }

  JsonNode startMove(ObjectNode input) {
    if (sourcesOf(input.path("SourceArn").asText()).isEmpty()) {
      // ElasticMQ would not answer.
      throw AwsException.badRequest(
          "InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.");
    }
    untouched.onMove();
    return engine.ask("StartMessageMoveTask", input);
  }

  private JsonNode requireQueue(ObjectNode input) {
    return engine.ask(
        "GetQueueAttributes",
        JsonNodeFactory.instance.objectNode().put("QueueUrl", input.path("QueueUrl").asText()));
  }

  /** ElasticMQ knows only those that were made so. */
  private ArrayNode sourcesOf(String arn) {
    ArrayNode sources = JsonNodeFactory.instance.arrayNode();
    for (JsonNode url :
        engine.ask("ListQueues", JsonNodeFactory.instance.objectNode()).path("QueueUrls")) {
      ObjectNode asked = JsonNodeFactory.instance.objectNode().put("QueueUrl", url.asText());
      asked.putArray("AttributeNames").add("RedrivePolicy");
      String policy =
          engine
              .ask("GetQueueAttributes", asked)
              .path("Attributes")
              .path("RedrivePolicy")
              .asText("");
      if (policy.contains("\"" + arn + "\"")) {
        sources.add(url);
      }
    }
    return sources;
  }
}

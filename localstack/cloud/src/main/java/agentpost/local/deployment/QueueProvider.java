package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.sqs.SqsService;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Queues of the template. A change keeps what is in one. */
final class QueueProvider implements Provider.Changeable {
  private static final List<String> ATTRIBUTES =
      List.of(
          "MessageRetentionPeriod",
          "VisibilityTimeout",
          "DelaySeconds",
          "ReceiveMessageWaitTimeSeconds");
  private final SqsService queues;
  private final String address;

  /**
   * @param address that queue URLs begin with
   */
  QueueProvider(SqsService queues, String address) {
    this.queues = queues;
    this.address = address;
  }

  private static ObjectNode attributes(ObjectNode properties) {
    ResourceProperties.refuse(properties, "FifoQueue");
    ObjectNode attributes = JsonNodeFactory.instance.objectNode();
    for (String attribute : ATTRIBUTES) {
      if (properties.hasNonNull(attribute)) {
        attributes.put(attribute, properties.path(attribute).asText());
      }
    }
    if (properties.hasNonNull("RedrivePolicy")) {
      attributes.put("RedrivePolicy", properties.path("RedrivePolicy").toString());
    }
    return attributes;
  }

  @Override
  public Set<String> identity() {
    return Set.of("QueueName");
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    String name = properties.path("QueueName").asText(logicalId);
    ObjectNode input = JsonNodeFactory.instance.objectNode().put("QueueName", name);
    input.set("Attributes", attributes(properties));
    queues.call("CreateQueue", input);
    return new Made(
        SqsService.url(address, name),
        Map.of("Arn", "arn:aws:sqs:us-east-1:000000000000:" + name, "QueueName", name));
  }

  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    ObjectNode input = JsonNodeFactory.instance.objectNode().put("QueueUrl", before.ref());
    input.set("Attributes", attributes(properties));
    queues.call("SetQueueAttributes", input);
    return before;
  }

  @Override
  public void remove(String logicalId, Made made) {
    queues.call("DeleteQueue", JsonNodeFactory.instance.objectNode().put("QueueUrl", made.ref()));
  }
}

package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.lambda.EventSourceMappings;
import agentpost.local.sqs.SqsService;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.UUID;

/** {@code AWS::Lambda::EventSourceMapping}, of queues. */
final class EventSourceProvider implements Provider.Changeable {
  /** How many batches of one queue Lambda begins with if the mapping says nothing. */
  private static final int DEFAULT_CONCURRENCY = 5;

  private final EventSourceMappings sources;
  private final String address;

  EventSourceProvider(EventSourceMappings sources, String address) {
    this.sources = sources;
    this.address = address;
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    return makeMapping(UUID.randomUUID().toString(), properties);
  }

  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    return makeMapping(before.ref(), properties);
  }

  @Override
  public void remove(String logicalId, Made made) {
    sources.stop(made.ref());
  }

  private Made makeMapping(String id, ObjectNode properties) {
    EventSourceMappings.Mapping mapping = mapping(properties);
    if (properties.path("Enabled").asBoolean(true)) {
      sources.start(id, mapping);
    } else {
      sources.stop(id);
    }
    return new Made(id, Map.of("Id", id));
  }

  private EventSourceMappings.Mapping mapping(ObjectNode properties) {
    ResourceProperties.refuse(
        properties, "FilterCriteria", "DestinationConfig", "MaximumBatchingWindowInSeconds");
    String queue = properties.path("EventSourceArn").asText();
    if (!queue.startsWith("arn:aws:sqs:us-east-1:000000000000:")) {
      throw new IllegalArgumentException(
          "the local cloud supports queues in us-east-1 as event sources only; got " + queue);
    }
    return new EventSourceMappings.Mapping(
        SqsService.url(address, queue.substring(queue.lastIndexOf(':') + 1)),
        queue,
        properties
            .path("FunctionName")
            .asText()
            .replaceFirst("^arn:.*:function:", "")
            .replaceFirst(":.*", ""),
        // More than ten come over several receives on AWS; one receive is what there is here.
        Math.min(10, properties.path("BatchSize").asInt(10)),
        properties.path("ScalingConfig").path("MaximumConcurrency").asInt(DEFAULT_CONCURRENCY),
        properties
            .path("FunctionResponseTypes")
            .toString()
            .contains("\"ReportBatchItemFailures\""));
  }
}

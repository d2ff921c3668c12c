package agentpost.cli.deployment;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** How many messages a queue has, those included that someone holds or that are delayed. */
final class QueueDepth {
  private static final List<QueueAttributeName> COUNTS =
      List.of(
          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED);

  private QueueDepth() {}

  static int of(SqsClient client, String url) {
    Map<QueueAttributeName, String> attributes =
        client.getQueueAttributes(get -> get.queueUrl(url).attributeNames(COUNTS)).attributes();
    return COUNTS.stream()
        .mapToInt(count -> Integer.parseInt(attributes.getOrDefault(count, "0")))
        .sum();
  }
}

package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Optional;

/** What a queue may be told of itself: API reference, CreateQueue. */
final class QueueAttributes {
  private static final JsonMapper JSON = new JsonMapper();
  static final Map<String, String> DEFAULTS =
      Map.of(
          "DelaySeconds",
          "0",
          "MaximumMessageSize",
          Integer.toString(SqsLimits.MAX_MESSAGE_BYTES),
          "MessageRetentionPeriod",
          "345600",
          "ReceiveMessageWaitTimeSeconds",
          "0",
          "SqsManagedSseEnabled",
          "true",
          "VisibilityTimeout",
          "30");

  private QueueAttributes() {}

  /**
   * Where a queue's dead letters go.
   *
   * @param target the ARN of a queue
   * @param maxReceives after which a message is one
   */
  record RedrivePolicy(String target, int maxReceives) {}

  /** What the queue was told, or the default; nothing is "". */
  static String value(MessageQueue queue, String name) {
    return queue.attributes().getOrDefault(name, DEFAULTS.getOrDefault(name, ""));
  }

  static Optional<RedrivePolicy> redrivePolicy(MessageQueue queue) {
    String text = value(queue, "RedrivePolicy");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    JsonNode policy = read(text);
    return Optional.of(
        new RedrivePolicy(
            policy.path("deadLetterTargetArn").asText(), policy.path("maxReceiveCount").asInt()));
  }

  /** {@link SqsLimits} has read it before. */
  static JsonNode read(String document) {
    try {
      return JSON.readTree(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document that is not JSON came past the limits", e);
    }
  }

  /**
   * A queue may be made again with the attributes that it has.
   *
   * @throws AwsException if one of these is another
   */
  static void requireSame(MessageQueue queue, JsonNode attributes) {
    for (var attribute : attributes.properties()) {
      String has = value(queue, attribute.getKey());
      String wanted = attribute.getValue().asText();
      boolean areDocuments =
          attribute.getKey().endsWith("Policy") && !has.isEmpty() && !wanted.isEmpty();
      boolean isSame = areDocuments ? read(has).equals(read(wanted)) : has.equals(wanted);
      if (!isSame) {
        throw AwsException.badRequest(
            "QueueAlreadyExists",
            "A queue already exists with the same name and a different value for attribute "
                + attribute.getKey());
      }
    }
  }
}

package agentpost.local.sqs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Queues to which no message can have come since they were made: how many they hold is known
 * without asking. An idle cloud's agents are asked every minute for their dead letters, of which
 * most never have any.
 */
final class UntouchedQueues {
  static final List<String> COUNTS =
      List.of(
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "ApproximateNumberOfMessagesDelayed");

  /** The name at an ARN's end, in JSON. */
  private static final Pattern TARGET = Pattern.compile(":([A-Za-z0-9_.-]+)\"");

  /** Whether a message may have come, by the queue's name. */
  private final Map<String, Boolean> touched = new ConcurrentHashMap<>();

  /** To be told when a queue is made, which it may be twice. */
  void onMade(String queue) {
    touched.putIfAbsent(queue, false);
  }

  void onDeleted(String queue) {
    touched.remove(queue);
  }

  /** To be told before a message is sent. */
  void onSend(String queue) {
    touched.computeIfPresent(queue, (_, _) -> true);
  }

  /** Other queues' messages may come to whatever one of them names for its dead letters. */
  void onAttributes(JsonNode attributes) {
    TARGET
        .matcher(attributes.path("RedrivePolicy").asText(""))
        .results()
        .forEach(target -> touched.put(target.group(1), true));
  }

  /** Messages may come to any queue. */
  void onMove() {
    touched.replaceAll((_, _) -> true);
  }

  /** Whether there is such a queue, and these are counts of its messages, all of them zero. */
  boolean isAnswerKnown(String queue, JsonNode attributeNames) {
    if (attributeNames.isEmpty() || touched.getOrDefault(queue, true)) {
      return false;
    }
    for (JsonNode name : attributeNames) {
      if (!COUNTS.contains(name.asText())) {
        return false;
      }
    }
    return true;
  }

  /** What GetQueueAttributes answers then. */
  static ObjectNode zeros(JsonNode attributeNames) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ObjectNode counts = answer.putObject("Attributes");
    attributeNames.forEach(name -> counts.put(name.asText(), "0"));
    return answer;
  }
}

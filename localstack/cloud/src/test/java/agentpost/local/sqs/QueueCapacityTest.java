package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How much queues may hold. */
class QueueCapacityTest {
  private static final int MAX_BYTES = 1 << 20;
  private final Map<String, Integer> queues = new TreeMap<>();
  private final QueueCapacity room = new QueueCapacity(this::answer, MAX_BYTES, MAX_BYTES / 10);

  private JsonNode answer(String operation, ObjectNode input) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    if (operation.equals("ListQueues")) {
      queues.keySet().forEach(answer.putArray("QueueUrls")::add);
    } else {
      answer
          .putObject("Attributes")
          .put(
              "ApproximateNumberOfMessages",
              Integer.toString(queues.getOrDefault(input.path("QueueUrl").asText(), 0)))
          .put("ApproximateNumberOfMessagesDelayed", "0");
    }
    return answer;
  }

  private void send(String queue, int bytes) {
    room.take(bytes);
    queues.merge(queue, 1, Integer::sum);
  }

  private int sendUntilRefused(String queue) {
    for (int sent = 0; ; sent++) {
      try {
        send(queue, 1000);
      } catch (AwsException e) {
        assertThat(e.code()).isEqualTo("RequestThrottled");
        return sent;
      }
    }
  }

  @Test
  void allQueuesTogetherHoldSoMuch() {
    for (int i = 0; i < 100; i++) {
      send("a", 1000);
    }
    assertThat(sendUntilRefused("b")).isBetween(MAX_BYTES / 2024 - 110, MAX_BYTES / 2024 - 90);
  }

  @Test
  void whatIsReceivedAndDeletedMakesRoom() {
    for (int i = 0; i < 100_000; i++) {
      send("a", 1000);
      queues.merge("a", -1, Integer::sum);
    }
    assertThat(queues).containsEntry("a", 0);
  }

  @Test
  void aMessageThatDoesNotFitAtAllIsRefused() {
    assertThatThrownBy(() -> send("a", 2 * MAX_BYTES))
        .isInstanceOf(AwsException.class)
        .hasMessageContaining("1 MiB");
  }
}

package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much queues may hold. */
class QueueCapacityTest {
  private static final int MAX_BYTES = 1 << 20;
  private long now;
  private final Queues queues = new Queues(new QueueCapacity(MAX_BYTES), () -> now);

  @BeforeEach
  void makeQueues() {
    queues.withAll(
        all -> {
          for (String name : List.of("a", "b")) {
            all.put(name, queues.create(name));
          }
          return all;
        });
  }

  private static Queues.Draft draft(int bytes) {
    return new Queues.Draft(
        new StoredMessage.Content(
            "x".repeat(bytes),
            JsonNodeFactory.instance.objectNode(),
            JsonNodeFactory.instance.objectNode(),
            Optional.empty(),
            Optional.empty()),
        Optional.empty());
  }

  private void send(String queue, int bytes) {
    queues.send(queue, List.of(draft(bytes)));
  }

  private int sendUntilRefused(String queue) {
    for (int sent = 0; ; sent++) {
      try {
        send(queue, 1000);
      } catch (AwsException e) {
        assertEquals("RequestThrottled", e.code());
        return sent;
      }
    }
  }

  private void receiveAndDelete(String queue) {
    queues
        .receive(queue, 1, Duration.ofSeconds(30), Duration.ZERO, message -> message.receiptHandle)
        .forEach(
            handle ->
                queues.with(
                    queue,
                    it -> {
                      it.delete(handle);
                      return it;
                    }));
  }

  @Test
  void allQueuesTogetherHoldSoMuch() {
    for (int i = 0; i < 100; i++) {
      send("a", 1000);
    }
    assertEquals(MAX_BYTES / 2024 - 100, sendUntilRefused("b"));
  }

  @Test
  void whatIsReceivedAndDeletedMakesRoom() {
    for (int i = 0; i < 10_000; i++) {
      send("a", 1000);
      receiveAndDelete("a");
    }
    assertEquals(MAX_BYTES / 2024, sendUntilRefused("a"));
  }

  @Test
  void aPurgeAndRetentionMakeRoom() {
    sendUntilRefused("a");
    queues.with(
        "a",
        queue -> {
          queue.purge();
          return queue;
        });
    assertEquals(MAX_BYTES / 2024, sendUntilRefused("a"));
    now += Duration.ofDays(4).toNanos();
    assertThat(queues.<Integer>with("a", queue -> queue.countVisible(queues.now()))).isZero();
    assertEquals(MAX_BYTES / 2024, sendUntilRefused("b"));
  }

  @Test
  void aBatchIsTakenWholeOrNotAtAll() {
    assertThatThrownBy(() -> queues.send("a", Collections.nCopies(3, draft(MAX_BYTES / 3))))
        .isInstanceOf(AwsException.class)
        .hasMessageContaining("1 MiB");
    assertThat(queues.<Integer>with("a", queue -> queue.countVisible(queues.now()))).isZero();
  }
}

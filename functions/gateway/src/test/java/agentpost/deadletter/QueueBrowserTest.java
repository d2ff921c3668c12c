package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.testing.MovableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

class QueueBrowserTest {
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final Letters letters = new Letters(clock, new Steps());
  private final Random random = new Random(20);
  private final AtomicInteger emptyReceives = new AtomicInteger();

  /** A standard queue: what a receive brings is in no order. */
  private DeadLetterQueue inNoOrder() {
    SqsClient client =
        (SqsClient)
            Proxy.newProxyInstance(
                SqsClient.class.getClassLoader(),
                new Class<?>[] {SqsClient.class},
                (_, method, arguments) -> {
                  try {
                    Object answer = method.invoke(letters, arguments);
                    if (!(answer instanceof ReceiveMessageResponse received)) {
                      return answer;
                    }
                    if (received.messages().isEmpty()) {
                      emptyReceives.incrementAndGet();
                    }
                    List<Message> messages = new ArrayList<>(received.messages());
                    Collections.shuffle(messages, random);
                    return received.toBuilder().messages(messages).build();
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new DeadLetterQueue(client, "https://sqs/agentpost-crm-sync-dlq");
  }

  private List<String> oldest(LetterFilter filters, int most) {
    try (QueueBrowser look = inNoOrder().look()) {
      return look.findOldest(filters, most).stream().map(DeadLetter::eventId).toList();
    }
  }

  @Test
  void whateverOrderTheyComeInTheOldestAreFirst() {
    List<String> expected = IntStream.range(0, 200).mapToObj(i -> "event-" + i).toList();
    for (String id : expected) {
      letters.add(id);
      clock.move(Duration.ofMillis(1));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(oldest(LetterFilter.ALL, 1000)).isEqualTo(expected);
      assertThat(oldest(LetterFilter.ALL, 50)).isEqualTo(expected.subList(0, 50));
      assertThat(
              oldest(
                  new LetterFilter(
                      Set.of(), Set.of(), Optional.empty(), Set.of("event-150", "event-7")),
                  50))
          .containsExactly("event-7", "event-150");
    }
    assertThat(letters.visible()).as("and all are given back").hasSize(200);
  }

  /** On SQS each of these waits for a second. */
  @Test
  void theEndIsAskedForOnce() {
    IntStream.range(0, 30).forEach(i -> letters.add("event-" + i));
    assertThat(oldest(LetterFilter.ALL, 100)).hasSize(30);
    assertThat(emptyReceives).as("five of the round of eight, and one round").hasValue(5 + 5);
  }

  @Test
  void thoseOfOneMomentHaveAnOrderToo() {
    IntStream.range(0, 30).forEach(i -> letters.add("event-" + i));
    List<String> first = oldest(LetterFilter.ALL, 100);
    assertThat(first).hasSize(30);
    for (int i = 0; i < 5; i++) {
      assertThat(oldest(LetterFilter.ALL, 100)).isEqualTo(first);
    }
  }
}

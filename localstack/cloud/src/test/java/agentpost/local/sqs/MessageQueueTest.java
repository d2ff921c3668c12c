package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a queue promises, in a time that the test keeps. */
class MessageQueueTest {
  private static final Duration HIDE = Duration.ofSeconds(30);
  private long now;
  private final Queues queues = new Queues(new QueueCapacity(), () -> now);

  /** A message as it was given. */
  private record Given(String body, String handle, int receives) {}

  private void make(String name, Map<String, String> attributes) {
    queues.withAll(
        all -> {
          MessageQueue queue = queues.create(name);
          queue.attributes().putAll(attributes);
          all.put(name, queue);
          return queue;
        });
  }

  private static ObjectNode none() {
    return JsonNodeFactory.instance.objectNode();
  }

  private String send(String queue, String body, String group, String deduplicationId) {
    return queues
        .send(
            queue,
            List.of(
                new Queues.Draft(
                    new StoredMessage.Content(
                        body,
                        none(),
                        none(),
                        Optional.of(group).filter(text -> !text.isEmpty()),
                        Optional.of(deduplicationId).filter(text -> !text.isEmpty())),
                    Optional.empty())))
        .getFirst()
        .id();
  }

  private void send(String queue, String body) {
    send(queue, body, "", "");
  }

  private List<Given> receive(String queue, int most) {
    return queues.receive(
        queue,
        most,
        HIDE,
        Duration.ZERO,
        message -> new Given(message.content().body(), message.receiptHandle, message.receives));
  }

  private List<String> bodies(String queue) {
    return receive(queue, 10).stream().map(Given::body).toList();
  }

  private void delete(String queue, String handle) {
    queues.with(
        queue,
        it -> {
          it.delete(handle);
          return it;
        });
  }

  private void show(String queue, String handle) {
    queues.with(
        queue,
        it -> {
          it.changeVisibility(handle, 0, queues.now());
          return it;
        });
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private String counts(String queue) {
    return queues.with(
        queue,
        it ->
            it.countVisible(queues.now())
                + " "
                + it.countInFlight(queues.now())
                + " "
                + it.countDelayed(queues.now()));
  }

  @Test
  void aMessageIsHiddenFromWhenItIsGivenUntilItsTimeIsOver() {
    make("q", Map.of());
    send("q", "a");
    Given first = receive("q", 10).getFirst();
    assertEquals("0 1 0", counts("q"));
    pass(HIDE.minusNanos(1));
    assertThat(receive("q", 10)).isEmpty();
    pass(Duration.ofNanos(1));
    Given second = receive("q", 10).getFirst();
    assertEquals(2, second.receives());
    delete("q", first.handle());
    assertEquals("0 1 0", counts("q"), "an old handle deletes nothing");
    delete("q", second.handle());
    assertEquals("0 0 0", counts("q"));
  }

  @Test
  void onlyWhatIsInFlightCanBeShown() {
    make("q", Map.of());
    send("q", "a");
    Given given = receive("q", 1).getFirst();
    show("q", given.handle());
    assertThatThrownBy(() -> show("q", given.handle()))
        .isInstanceOf(AwsException.class)
        .hasMessageContaining("isn't in flight");
    Given again = receive("q", 1).getFirst();
    assertThatThrownBy(() -> show("q", given.handle()))
        .hasMessageContaining("not available for visibility timeout change");
    assertThatThrownBy(
            () ->
                queues.with(
                    "q",
                    it -> {
                      it.changeVisibility(
                          again.handle(), Duration.ofHours(12).toNanos() + 1, queues.now());
                      return it;
                    }))
        .hasMessageContaining("beyond the limit");
  }

  @Test
  void whatWasDelayedComesInItsTurn() {
    make("q", Map.of("DelaySeconds", "5"));
    send("q", "a");
    assertEquals("0 0 1", counts("q"));
    assertThat(bodies("q")).isEmpty();
    pass(Duration.ofSeconds(5));
    assertEquals("1 0 0", counts("q"));
    assertThat(bodies("q")).containsExactly("a");
  }

  @Test
  void whatIsOlderThanTheRetentionIsGoneWhereverItIs() {
    make("q", Map.of("MessageRetentionPeriod", "60"));
    send("q", "in flight");
    assertThat(bodies("q")).hasSize(1);
    send("q", "visible");
    pass(Duration.ofSeconds(60));
    assertEquals("0 0 0", counts("q"));
  }

  @Test
  void aMessageIsADeadLetterAfterSoManyReceivesAndKeepsItsAge() {
    make("dlq", Map.of("MessageRetentionPeriod", "120"));
    make(
        "q",
        Map.of(
            "RedrivePolicy",
            "{\"deadLetterTargetArn\":\"" + Queues.arn("dlq") + "\",\"maxReceiveCount\":\"2\"}"));
    pass(Duration.ofSeconds(10));
    send("q", "bad");
    send("q", "good");
    for (int i = 0; i < 2; i++) {
      assertThat(receive("q", 1)).extracting(Given::body).containsExactly("bad");
      pass(HIDE);
    }
    assertThat(receive("q", 1)).extracting(Given::body).containsExactly("good");
    assertEquals("1 0 0", counts("dlq"));
    assertThat(
            queues.receive(
                "dlq",
                1,
                Duration.ZERO,
                Duration.ZERO,
                message -> message.deadLetterSource().orElse("")))
        .containsExactly(Queues.arn("q"));
    pass(Duration.ofSeconds(60).minusNanos(1));
    assertEquals("1 0 0", counts("dlq"));
    pass(Duration.ofNanos(1));
    assertEquals("0 0 0", counts("dlq"), "it was sent two minutes ago");
  }

  @Test
  void aQueueWhoseDeadLetterQueueIsGoneGoesOnGiving() {
    make(
        "q",
        Map.of(
            "RedrivePolicy",
            "{\"deadLetterTargetArn\":\"" + Queues.arn("none") + "\",\"maxReceiveCount\":1}"));
    send("q", "a");
    for (int i = 0; i < 3; i++) {
      assertThat(bodies("q")).containsExactly("a");
      pass(HIDE);
    }
  }

  @Test
  void aGroupWaitsForItsMessageInFlightAndOthersDoNot() {
    make("q.fifo", Map.of("FifoQueue", "true"));
    for (String body : List.of("a1", "a2", "b1", "a3")) {
      send("q.fifo", body, body.substring(0, 1), body);
    }
    Given a1 = receive("q.fifo", 1).getFirst();
    assertEquals("a1", a1.body());
    assertThat(bodies("q.fifo")).containsExactly("b1");
    show("q.fifo", a1.handle());
    assertThat(receive("q.fifo", 2)).extracting(Given::body).containsExactly("a1", "a2");
    assertThat(bodies("q.fifo")).as("two of them in flight").isEmpty();
    pass(HIDE);
    delete("q.fifo", receive("q.fifo", 2).getFirst().handle());
    assertThat(bodies("q.fifo")).as("one of the group in flight yet").containsExactly("b1");
    pass(HIDE);
    for (String body : List.of("a2", "b1", "a3")) {
      Given next = receive("q.fifo", 1).getFirst();
      assertEquals(body, next.body());
      delete("q.fifo", next.handle());
    }
  }

  @Test
  void aFifoQueueTakesADeduplicationIdOnceInFiveMinutes() {
    make("q.fifo", Map.of("FifoQueue", "true"));
    String id = send("q.fifo", "a", "g", "same");
    pass(Duration.ofMinutes(5).minusNanos(1));
    assertEquals(id, send("q.fifo", "b", "g", "same"));
    pass(Duration.ofNanos(1));
    assertThat(send("q.fifo", "c", "g", "same")).isNotEqualTo(id);
    assertThat(bodies("q.fifo")).containsExactly("a", "c");
  }

  /**
   * Whatever is done: each message is visible, in flight or delayed, at most one receiver has it,
   * and nothing is lost but what was deleted.
   */
  @Property
  void everyMessageIsSomewhereOnce(@ForAll long seed) {
    Random random = new Random(seed);
    Queues all = new Queues(new QueueCapacity(), () -> now);
    all.withAll(map -> map.put("q", all.create("q")));
    Map<String, Long> hiddenUntil = new HashMap<>();
    Map<String, String> handles = new TreeMap<>();
    List<String> kept = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          String body = "m" + step;
          all.send(
              "q",
              List.of(
                  new Queues.Draft(
                      new StoredMessage.Content(
                          body, none(), none(), Optional.empty(), Optional.empty()),
                      Optional.empty())));
          kept.add(body);
        }
        case 2 -> {
          long hide = random.nextInt(10);
          for (String[] given :
              all.receive(
                  "q",
                  1 + random.nextInt(10),
                  Duration.ofNanos(hide),
                  Duration.ZERO,
                  message -> new String[] {message.content().body(), message.receiptHandle})) {
            assertThat(hiddenUntil.getOrDefault(given[0], 0L)).isLessThanOrEqualTo(all.now());
            hiddenUntil.put(given[0], all.now() + hide);
            handles.put(given[0], given[1]);
          }
        }
        case 3 -> {
          if (!handles.isEmpty()) {
            String body = List.copyOf(handles.keySet()).get(random.nextInt(handles.size()));
            String handle = Objects.requireNonNull(handles.remove(body));
            all.with(
                "q",
                queue -> {
                  queue.delete(handle);
                  return queue;
                });
            kept.remove(body);
          }
        }
        default -> now += random.nextInt(6);
      }
      int inFlight =
          (int) kept.stream().filter(m -> hiddenUntil.getOrDefault(m, 0L) > all.now()).count();
      assertEquals(
          kept.size() - inFlight + " " + inFlight,
          all.with(
              "q", queue -> queue.countVisible(all.now()) + " " + queue.countInFlight(all.now())));
    }
  }
}

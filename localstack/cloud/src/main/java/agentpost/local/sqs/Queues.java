package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** All queues in memory, which one thread at a time changes. */
final class Queues {
  private final NavigableMap<String, MessageQueue> byName = new TreeMap<>();
  private final Map<String, Condition> arrivals = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final QueueCapacity capacity;
  private final LongSupplier nanoTime;
  private final long origin;
  private boolean isClosed;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  Queues(QueueCapacity capacity, LongSupplier nanoTime) {
    this.capacity = capacity;
    this.nanoTime = nanoTime;
    origin = nanoTime.getAsLong();
  }

  long now() {
    return nanoTime.getAsLong() - origin;
  }

  static String arn(String queue) {
    return "arn:aws:sqs:us-east-1:" + SqsService.ACCOUNT + ":" + queue;
  }

  static AwsException noSuchQueue() {
    return AwsException.badRequest(
        "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
  }

  /** Does something with a queue while nobody else does anything with any. */
  <T> T with(String name, Function<MessageQueue, T> work) {
    lock.lock();
    try {
      MessageQueue queue = require(name);
      T result = work.apply(queue);
      arrived(queue);
      return result;
    } finally {
      lock.unlock();
    }
  }

  /** The same with all of them, by name. */
  <T> T withAll(Function<NavigableMap<String, MessageQueue>, T> work) {
    lock.lock();
    try {
      T result = work.apply(byName);
      arrivals.values().forEach(Condition::signalAll);
      arrivals.keySet().retainAll(byName.keySet());
      return result;
    } finally {
      lock.unlock();
    }
  }

  /** In bytes, of a message that the queue takes; of one that is not there, any queue's. */
  int largestMessage(String name) {
    lock.lock();
    try {
      // Every call asks this, so it wakes nobody.
      return Optional.ofNullable(byName.get(name))
          .map(queue -> QueueAttributes.value(queue, "MaximumMessageSize"))
          .map(Integer::parseInt)
          .orElse(SqsLimits.MAX_MESSAGE_BYTES);
    } finally {
      lock.unlock();
    }
  }

  private MessageQueue require(String name) {
    MessageQueue queue = byName.get(name);
    if (queue == null) {
      throw noSuchQueue();
    }
    return queue;
  }

  private void arrived(MessageQueue queue) {
    Condition waiting = arrivals.get(queue.name());
    if (waiting != null) {
      waiting.signalAll();
    }
  }

  /** A queue that is not among the others yet. */
  MessageQueue create(String name) {
    return new MessageQueue(name, message -> capacity.release(message.content().bytes()));
  }

  /**
   * One message to send.
   *
   * @param delay empty is the queue's own
   */
  record Draft(StoredMessage.Content content, Optional<Duration> delay) {}

  /**
   * All of them, or none if there is no room for all.
   *
   * @throws AwsException if there is no such queue or no room
   */
  List<MessageQueue.Sent> send(String name, List<Draft> drafts) {
    return with(
        name,
        queue -> {
          capacity.require(drafts.stream().mapToLong(one -> one.content().bytes()).sum());
          List<MessageQueue.Sent> sent = new ArrayList<>();
          for (Draft draft : drafts) {
            sent.add(add(queue, draft.content(), draft.delay().map(Duration::toNanos)));
          }
          return sent;
        });
  }

  private MessageQueue.Sent add(
      MessageQueue queue, StoredMessage.Content content, Optional<Long> delayNanos) {
    StoredMessage message =
        new StoredMessage(
            UUID.randomUUID().toString(), content, System.currentTimeMillis(), Optional.empty());
    MessageQueue.Sent sent = queue.send(message, delayNanos, now());
    if (sent.id().equals(message.id())) {
      capacity.add(content.bytes());
    }
    return sent;
  }

  /**
   * Messages, as soon as there is one.
   *
   * @param patience how long to wait for the first
   * @throws AwsException if there is no such queue, or the cloud closes meanwhile
   */
  <T> List<T> receive(
      String name,
      int most,
      Duration hideFor,
      Duration patience,
      Function<StoredMessage, T> reader) {
    lock.lock();
    try {
      long end = now() + patience.toNanos();
      while (true) {
        if (isClosed) {
          throw closing();
        }
        MessageQueue queue = require(name);
        List<T> received = take(queue, most, hideFor).stream().map(reader).toList();
        long now = now();
        if (!received.isEmpty() || now >= end) {
          return received;
        }
        long wait = Math.min(end, queue.nextDue().orElse(end)) - now;
        Condition arrival = arrivals.computeIfAbsent(name, _ -> lock.newCondition());
        // Whether it has come to its end is looked at above, by the queues' own clock.
        long _ = arrival.awaitNanos(Math.max(wait, 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw closing();
    } finally {
      lock.unlock();
    }
  }

  private static AwsException closing() {
    return new AwsException(503, "ServiceUnavailable", "The local cloud is closing");
  }

  private List<StoredMessage> take(MessageQueue queue, int most, Duration hideFor) {
    Optional<QueueAttributes.RedrivePolicy> policy = QueueAttributes.redrivePolicy(queue);
    Optional<MessageQueue> target = policy.flatMap(one -> byArn(one.target()));
    int maxReceives = policy.map(QueueAttributes.RedrivePolicy::maxReceives).orElse(0);
    List<StoredMessage> given =
        queue.receive(
            most,
            hideFor.toNanos(),
            now(),
            message -> target.isPresent() && message.receives >= maxReceives,
            dead -> target.orElseThrow().takeDeadLetter(dead.asDeadLetterOf(arn(queue.name()))));
    for (StoredMessage message : given) {
      if (message.firstReceivedMillis == 0) {
        message.firstReceivedMillis = System.currentTimeMillis();
      }
    }
    target.ifPresent(this::arrived);
    return given;
  }

  private Optional<MessageQueue> byArn(String arn) {
    return Optional.ofNullable(byName.get(arn.replaceFirst("^.*:", "")));
  }

  /** What one step of a move did. */
  enum Step {
    MOVED,
    EMPTY,
    NO_DESTINATION
  }

  /**
   * Moves the message whose turn it is; it is a new one there, with another id ("Configure a
   * dead-letter queue redrive", developer guide).
   *
   * @param destination an ARN; without one, where the message is from
   */
  Step move(String source, Optional<String> destination) {
    return withAll(
        queues -> {
          MessageQueue from = queues.get(source);
          Optional<StoredMessage> first = from == null ? Optional.empty() : from.first(now());
          if (from == null || first.isEmpty()) {
            return Step.EMPTY;
          }
          Optional<MessageQueue> to =
              destination.or(() -> first.get().deadLetterSource()).flatMap(this::byArn);
          if (to.isEmpty()) {
            return Step.NO_DESTINATION;
          }
          from.takeFirst(now());
          add(to.get(), first.get().content(), Optional.empty());
          return Step.MOVED;
        });
  }

  /** The names of the queues whose dead letters go to this one. */
  List<String> sources(String name) {
    return withAll(
        queues ->
            queues.values().stream()
                .filter(
                    queue ->
                        QueueAttributes.redrivePolicy(queue)
                            .filter(policy -> policy.target().equals(arn(name)))
                            .isPresent())
                .map(MessageQueue::name)
                .toList());
  }

  /** Nobody waits for a message any more. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
      arrivals.values().forEach(Condition::signalAll);
    } finally {
      lock.unlock();
    }
  }
}

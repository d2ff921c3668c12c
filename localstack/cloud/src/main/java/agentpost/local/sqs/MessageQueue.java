package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * One queue: its attributes, and its messages in memory. A message that is received is hidden for a
 * time and has a receipt handle of that receive; what is older than the queue's retention is gone.
 * A FIFO queue gives nothing of a group of which a message is in flight. Times are nanoseconds of a
 * clock that never goes back. {@link Queues} lets in one thread at a time.
 */
final class MessageQueue {
  /** "The deduplication interval": developer guide, "Exactly-once processing". */
  private static final long DEDUPLICATION_NANOS = Duration.ofMinutes(5).toNanos();

  /** "There is a 12 hour maximum visibility timeout limit from the time SQS returns a message". */
  private static final long MAX_HIDDEN_NANOS = Duration.ofHours(12).toNanos();

  private static final Pattern RECEIPT_HANDLE =
      Pattern.compile("([0-9a-f-]{36})#[0-9a-f]{8}-[0-9a-f-]{27}");
  private static final Comparator<StoredMessage> BY_ORDER =
      Comparator.comparingLong(message -> message.order);

  /**
   * What the sender is answered.
   *
   * @param order of which a FIFO queue makes the sequence number
   */
  record Sent(String id, long order) {}

  /** What a FIFO queue answers to who sends again. */
  private record Deduplicated(Sent sent, long untilNanos) {}

  private final String name;
  private final Map<String, String> attributes = new TreeMap<>();
  private final Map<String, String> tags = new TreeMap<>();
  private final Map<String, StoredMessage> byId = new HashMap<>();
  private final NavigableSet<StoredMessage> visible = new TreeSet<>(BY_ORDER);
  private final NavigableSet<StoredMessage> hidden =
      new TreeSet<>(
          Comparator.<StoredMessage>comparingLong(message -> message.visibleNanos)
              .thenComparing(BY_ORDER));
  private final NavigableSet<StoredMessage> byAge =
      new TreeSet<>(
          Comparator.<StoredMessage>comparingLong(message -> message.sentNanos)
              .thenComparing(BY_ORDER));
  private final Map<String, Integer> inFlightByGroup = new HashMap<>();
  private final Map<String, Deduplicated> deduplicated = new LinkedHashMap<>();
  private final Consumer<StoredMessage> removed;
  private int delayed;
  private long orders;

  /**
   * @param removed is told of each message that is gone for good
   */
  MessageQueue(String name, Consumer<StoredMessage> removed) {
    this.name = name;
    this.removed = removed;
  }

  String name() {
    return name;
  }

  Map<String, String> attributes() {
    return attributes;
  }

  Map<String, String> tags() {
    return tags;
  }

  boolean isFifo() {
    return "true".equals(attributes.get("FifoQueue"));
  }

  private long seconds(String attribute) {
    return Duration.ofSeconds(Long.parseLong(QueueAttributes.value(this, attribute))).toNanos();
  }

  /**
   * Takes a message.
   *
   * @param delayNanos until which nobody gets it; the queue's own delay if there is none
   * @return of it, or of the one that a FIFO queue had with the same deduplication id
   */
  Sent send(StoredMessage message, Optional<Long> delayNanos, long now) {
    Optional<String> deduplicationId = message.content().deduplicationId();
    if (isFifo() && deduplicationId.isPresent()) {
      deduplicated.values().removeIf(earlier -> earlier.untilNanos() <= now);
      Deduplicated earlier = deduplicated.get(deduplicationId.get());
      if (earlier != null) {
        return earlier.sent();
      }
    }
    message.sentNanos = now;
    long delay = delayNanos.orElseGet(() -> seconds("DelaySeconds"));
    message.visibleNanos = now + delay;
    message.state = delay > 0 ? StoredMessage.State.DELAYED : StoredMessage.State.VISIBLE;
    add(message);
    Sent sent = new Sent(message.id(), message.order);
    if (isFifo()) {
      deduplicationId.ifPresent(
          id -> deduplicated.put(id, new Deduplicated(sent, now + DEDUPLICATION_NANOS)));
    }
    return sent;
  }

  /** Takes what another queue could not have worked; it keeps its age. */
  void takeDeadLetter(StoredMessage message) {
    add(message);
  }

  private void add(StoredMessage message) {
    message.order = ++orders;
    byId.put(message.id(), message);
    byAge.add(message);
    if (message.state == StoredMessage.State.VISIBLE) {
      visible.add(message);
    } else {
      hidden.add(message);
      delayed++;
    }
  }

  /**
   * Gives messages and hides them.
   *
   * @param isDeadLetter what is not given any more but taken out
   * @param deadLetters takes them
   */
  List<StoredMessage> receive(
      int most,
      long hideNanos,
      long now,
      Predicate<StoredMessage> isDeadLetter,
      Consumer<StoredMessage> deadLetters) {
    refresh(now);
    Set<String> busy = isFifo() ? Set.copyOf(inFlightByGroup.keySet()) : Set.of();
    List<StoredMessage> given = new ArrayList<>();
    List<StoredMessage> dead = new ArrayList<>();
    Iterator<StoredMessage> next = visible.iterator();
    while (given.size() < most && next.hasNext()) {
      StoredMessage message = next.next();
      if (message.content().group().filter(busy::contains).isPresent()) {
        continue;
      }
      if (isDeadLetter.test(message)) {
        dead.add(message);
        continue;
      }
      next.remove();
      hide(message, hideNanos, now);
      given.add(message);
    }
    for (StoredMessage message : dead) {
      forget(message);
      deadLetters.accept(message);
    }
    return given;
  }

  private void hide(StoredMessage message, long hideNanos, long now) {
    message.receives++;
    message.receivedNanos = now;
    message.receiptHandle = message.id() + "#" + UUID.randomUUID();
    message.visibleNanos = now + hideNanos;
    message.state = StoredMessage.State.IN_FLIGHT;
    hidden.add(message);
    message.content().group().ifPresent(group -> inFlightByGroup.merge(group, 1, Integer::sum));
  }

  /** What is due is visible, and what is too old is gone. */
  private void refresh(long now) {
    while (!hidden.isEmpty() && hidden.first().visibleNanos <= now) {
      show(hidden.first());
    }
    long retention = seconds("MessageRetentionPeriod");
    while (!byAge.isEmpty() && byAge.first().sentNanos + retention <= now) {
      remove(byAge.first());
    }
  }

  private void show(StoredMessage message) {
    hidden.remove(message);
    leave(message);
    message.state = StoredMessage.State.VISIBLE;
    visible.add(message);
  }

  /** Out of the counts of its state. */
  private void leave(StoredMessage message) {
    switch (message.state) {
      case DELAYED -> delayed--;
      case IN_FLIGHT ->
          message
              .content()
              .group()
              .ifPresent(
                  group ->
                      inFlightByGroup.computeIfPresent(
                          group, (_, count) -> count == 1 ? null : count - 1));
      case VISIBLE -> {}
    }
  }

  private void remove(StoredMessage message) {
    forget(message);
    removed.accept(message);
  }

  private void forget(StoredMessage message) {
    leave(message);
    (message.state == StoredMessage.State.VISIBLE ? visible : hidden).remove(message);
    byAge.remove(message);
    byId.remove(message.id());
  }

  /**
   * "If you use an old ReceiptHandle, the request will succeed, but the message might not be
   * deleted" (API reference, DeleteMessage).
   */
  void delete(String receiptHandle) {
    find(receiptHandle).ifPresent(this::remove);
  }

  /** The message whose last receive has the handle. */
  private Optional<StoredMessage> find(String receiptHandle) {
    var handle = RECEIPT_HANDLE.matcher(receiptHandle);
    if (!handle.matches()) {
      throw AwsException.badRequest(
          "ReceiptHandleIsInvalid",
          "The input receipt handle \"" + receiptHandle + "\" is not a valid receipt handle.");
    }
    return Optional.ofNullable(byId.get(handle.group(1)))
        .filter(message -> message.receiptHandle.equals(receiptHandle));
  }

  void changeVisibility(String receiptHandle, long hideNanos, long now) {
    refresh(now);
    StoredMessage message =
        find(receiptHandle)
            .orElseThrow(
                () ->
                    invalidHandle(
                        receiptHandle,
                        "Message does not exist or is not available for visibility timeout"
                            + " change."));
    if (message.state != StoredMessage.State.IN_FLIGHT) {
      throw AwsException.badRequest(
          "AWS.SimpleQueueService.MessageNotInflight", "The specified message isn't in flight.");
    }
    if (now - message.receivedNanos + hideNanos > MAX_HIDDEN_NANOS) {
      throw invalidHandle(
          receiptHandle,
          "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].");
    }
    hidden.remove(message);
    message.visibleNanos = now + hideNanos;
    hidden.add(message);
    refresh(now);
  }

  private static AwsException invalidHandle(String receiptHandle, String reason) {
    return AwsException.badRequest(
        "InvalidParameterValue",
        "Value " + receiptHandle + " for parameter ReceiptHandle is invalid. Reason: " + reason);
  }

  /** Takes out the message whose turn it is among the visible ones. */
  Optional<StoredMessage> takeFirst(long now) {
    refresh(now);
    Optional<StoredMessage> first = visible.stream().findFirst();
    first.ifPresent(this::remove);
    return first;
  }

  Optional<StoredMessage> first(long now) {
    refresh(now);
    return visible.stream().findFirst();
  }

  void purge() {
    List.copyOf(byId.values()).forEach(this::remove);
  }

  /** When one of the hidden messages is due, if none is sent or changed before. */
  Optional<Long> nextDue() {
    return hidden.isEmpty() ? Optional.empty() : Optional.of(hidden.first().visibleNanos);
  }

  int countVisible(long now) {
    refresh(now);
    return visible.size();
  }

  int countDelayed(long now) {
    refresh(now);
    return delayed;
  }

  int countInFlight(long now) {
    refresh(now);
    return hidden.size() - delayed;
  }
}

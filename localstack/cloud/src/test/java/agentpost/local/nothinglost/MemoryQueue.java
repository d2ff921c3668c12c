package agentpost.local.nothinglost;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;

/**
 * A standard queue: a message that was received is hidden for a time, has a receipt of that
 * receive, and counts it. What SQS leaves open is left to whoever {@link Whims} are: how many of
 * the visible ones come, in which order, and what becomes of a receipt that is no longer the last.
 */
final class MemoryQueue {
  /** What SQS does not promise. */
  interface Whims {
    /**
     * Of so many visible messages, which come, by their places; at least one if there is one and at
     * most {@code most}.
     */
    List<Integer> chosen(int visible, int most);

    /** A receipt that is not the last receive's is honoured all the same. */
    boolean honoursOldReceipt();

    /**
     * Deleting by a receipt that deletes nothing is an error, which SQS documents that it is not.
     */
    boolean refusesOldReceipt();

    /** A message that is hidden comes as well. */
    boolean showsHidden();
  }

  /**
   * @param receipts of every receive, the last one last
   * @param receiver who received it last
   */
  record Lying(
      String id,
      String body,
      Map<String, MessageAttributeValue> attributes,
      Instant sentAt,
      List<String> receipts,
      Instant visibleFrom,
      Optional<Program> receiver) {
    private Lying hidden(Instant until) {
      return new Lying(id, body, attributes, sentAt, receipts, until, receiver);
    }

    boolean isVisible(Instant now) {
      return !visibleFrom.isAfter(now);
    }

    String receipt() {
      return receipts.getLast();
    }
  }

  private final Clock clock;
  private final Whims whims;
  private final Map<String, Lying> lying = new LinkedHashMap<>();
  private final String name;
  private int numbers;

  MemoryQueue(String name, Clock clock, Whims whims) {
    this.name = name;
    this.clock = clock;
    this.whims = whims;
  }

  String name() {
    return name;
  }

  List<Lying> lying() {
    return List.copyOf(lying.values());
  }

  void send(String body, Map<String, MessageAttributeValue> attributes) {
    String id = name + "-message-" + ++numbers;
    lying.put(
        id,
        new Lying(
            id, body, attributes, clock.instant(), List.of(), clock.instant(), Optional.empty()));
  }

  List<Lying> receive(int most, Duration hidden, Optional<Program> receiver) {
    Instant now = clock.instant();
    List<Lying> visible =
        lying.values().stream()
            .filter(message -> message.isVisible(now) || whims.showsHidden())
            .toList();
    List<Lying> received = new ArrayList<>();
    for (int place : whims.chosen(visible.size(), most)) {
      Lying message = visible.get(place);
      List<String> receipts = new ArrayList<>(message.receipts());
      receipts.add(message.id() + "-receipt-" + ++numbers);
      Lying mine =
          new Lying(
              message.id(),
              message.body(),
              message.attributes(),
              message.sentAt(),
              List.copyOf(receipts),
              now.plus(hidden),
              receiver);
      lying.put(message.id(), mine);
      received.add(mine);
    }
    return received;
  }

  /**
   * What was deleted; nothing if there is no such message or the receipt is of old.
   *
   * @throws ReceiptHandleIsInvalidException at nothing, if the whim is so
   */
  Optional<Lying> delete(String receipt) {
    Optional<Lying> found = byReceipt(receipt);
    if (found.isEmpty() && whims.refusesOldReceipt()) {
      throw ReceiptHandleIsInvalidException.builder()
          .message("The receipt handle is not valid")
          .build();
    }
    found.ifPresent(message -> lying.remove(message.id()));
    return found;
  }

  /** False if there is no such message, or it is not hidden any more, or the receipt is of old. */
  boolean hide(String receipt, Duration time) {
    Instant now = clock.instant();
    Optional<Lying> found = byReceipt(receipt).filter(message -> !message.isVisible(now));
    found.ifPresent(message -> lying.put(message.id(), message.hidden(now.plus(time))));
    return found.isPresent();
  }

  private Optional<Lying> byReceipt(String receipt) {
    return lying.values().stream()
        .filter(message -> message.receipts().contains(receipt))
        .filter(message -> message.receipt().equals(receipt) || whims.honoursOldReceipt())
        .findFirst();
  }
}

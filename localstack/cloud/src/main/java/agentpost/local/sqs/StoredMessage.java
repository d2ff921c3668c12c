package agentpost.local.sqs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A message that a queue has. {@link MessageQueue} keeps it sorted by what changes here, and is
 * alone to change it.
 */
final class StoredMessage {
  /**
   * What was sent.
   *
   * @param attributes by name, each with its {@code DataType} and its value
   * @param systemAttributes the same, of which SQS takes {@code AWSTraceHeader}
   * @param group {@code MessageGroupId}
   * @param deduplicationId of a FIFO queue's message
   */
  record Content(
      String body,
      ObjectNode attributes,
      ObjectNode systemAttributes,
      Optional<String> group,
      Optional<String> deduplicationId) {
    /** Of a message beside its body and attributes: a generous figure for objects and indexes. */
    private static final long OVERHEAD_BYTES = 1024;

    long bytes() {
      long systemBytes = systemAttributes.isEmpty() ? 0 : systemAttributes.toString().length();
      return OVERHEAD_BYTES
          + body.length()
          + (attributes.isEmpty() ? 0 : attributes.toString().length())
          + systemBytes;
    }
  }

  enum State {
    DELAYED,
    VISIBLE,
    IN_FLIGHT
  }

  private final String id;
  private final Content content;
  private final long sentAtMillis;
  private final Optional<String> deadLetterSource;

  /** By which messages take their turns; nanoseconds are the queues' own clock's. */
  long order;

  long sentNanos;
  long visibleNanos;
  State state = State.VISIBLE;
  int receives;
  long firstReceivedMillis;
  long receivedNanos;
  String receiptHandle = "";

  /**
   * @param deadLetterSource the ARN of the queue that it could not be worked in
   */
  StoredMessage(String id, Content content, long sentAtMillis, Optional<String> deadLetterSource) {
    this.id = id;
    this.content = content;
    this.sentAtMillis = sentAtMillis;
    this.deadLetterSource = deadLetterSource;
  }

  /** As another queue has it: "the enqueue timestamp is unchanged" (developer guide). */
  StoredMessage asDeadLetterOf(String arn) {
    StoredMessage moved = new StoredMessage(id, content, sentAtMillis, Optional.of(arn));
    moved.sentNanos = sentNanos;
    moved.receives = receives;
    moved.firstReceivedMillis = firstReceivedMillis;
    return moved;
  }

  String id() {
    return id;
  }

  Content content() {
    return content;
  }

  long sentAtMillis() {
    return sentAtMillis;
  }

  Optional<String> deadLetterSource() {
    return deadLetterSource;
  }
}

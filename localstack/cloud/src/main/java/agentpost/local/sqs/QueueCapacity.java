package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.function.BiFunction;

/**
 * How much queues may hold, since ElasticMQ keeps all of it in memory. What was sent is counted as
 * it comes; what is still there is asked for when that has become much, at the size that messages
 * had on average.
 */
final class QueueCapacity {
  private static final long MAX_BYTES = 96L << 20;

  /** Of a message beside its body and attributes, as measured. */
  private static final long BYTES_PER_MESSAGE = 1024;

  /** After so much more the queues are asked. */
  private static final long BYTES_BETWEEN_POLLS = 8L << 20;

  private static final long POLL_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
  private final long most;
  private final long betweenLooks;
  private final BiFunction<String, ObjectNode, JsonNode> sqs;
  private long sent;
  private long sends;
  private long held;
  private long since;
  private long lookedNanos = System.nanoTime();

  /**
   * @param sqs answers an operation of SQS
   */
  QueueCapacity(BiFunction<String, ObjectNode, JsonNode> sqs) {
    this(sqs, MAX_BYTES, BYTES_BETWEEN_POLLS);
  }

  QueueCapacity(BiFunction<String, ObjectNode, JsonNode> sqs, long most, long betweenLooks) {
    this.sqs = sqs;
    this.most = most;
    this.betweenLooks = betweenLooks;
  }

  /**
   * @throws AwsException if there is no room for what is sent; receiving and deleting make some
   */
  synchronized void take(long bytes) {
    long more = bytes + BYTES_PER_MESSAGE;
    boolean isFull = held + since + more > most;
    if (since + more > betweenLooks
        || (isFull && System.nanoTime() - lookedNanos > POLL_INTERVAL_NANOS)) {
      look();
      isFull = held + more > most;
    }
    if (isFull) {
      throw AwsException.badRequest(
          "RequestThrottled",
          "The local cloud's queues hold as much as they may, "
              + (most >> 20)
              + " MiB; receive and delete messages or purge a queue, and send it again");
    }
    sent += more;
    sends++;
    since += more;
  }

  private void look() {
    long messages = 0;
    for (JsonNode url :
        sqs.apply("ListQueues", JsonNodeFactory.instance.objectNode()).path("QueueUrls")) {
      ObjectNode asked = JsonNodeFactory.instance.objectNode().put("QueueUrl", url.asText());
      UntouchedQueues.COUNTS.forEach(asked.putArray("AttributeNames")::add);
      for (JsonNode count : sqs.apply("GetQueueAttributes", asked).path("Attributes")) {
        messages += count.asLong();
      }
    }
    held = sends == 0 ? 0 : messages * (sent / sends);
    since = 0;
    lookedNanos = System.nanoTime();
  }
}

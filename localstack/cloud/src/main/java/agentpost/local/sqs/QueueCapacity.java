package agentpost.local.sqs;

import agentpost.local.wire.AwsException;

/** How much queues may hold, since all of it is in memory. */
final class QueueCapacity {
  private static final long MAX_BYTES = 96L << 20;
  private final long most;
  private long held;

  QueueCapacity() {
    this(MAX_BYTES);
  }

  QueueCapacity(long most) {
    this.most = most;
  }

  /**
   * @throws AwsException if there is no room for so much; receiving and deleting make some
   */
  void require(long bytes) {
    if (held + bytes > most) {
      throw AwsException.badRequest(
          "RequestThrottled",
          "The local cloud's queues hold as much as they may, "
              + (most >> 20)
              + " MiB; receive and delete messages or purge a queue, and send it again");
    }
  }

  void add(long bytes) {
    held += bytes;
  }

  void release(long bytes) {
    held -= bytes;
  }
}

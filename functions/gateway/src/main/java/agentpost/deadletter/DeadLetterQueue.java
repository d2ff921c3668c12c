package agentpost.deadletter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** One agent's dead-letter queue. Failures of SQS are thrown as the SDK throws them. */
public final class DeadLetterQueue {
  /** SQS's own limit, of receives and of batches. */
  static final int MAX_BATCH_SIZE = 10;

  /**
   * Any wait at all makes SQS ask every host that holds a part of the queue, so that nothing is no
   * accident of which was asked.
   */
  private static final int WAIT_SECONDS = 1;

  private final SqsClient client;
  private final String url;

  public DeadLetterQueue(SqsClient client, String url) {
    this.client = client;
    this.url = url;
  }

  /** A look at what is in it, from the beginning. */
  public QueueBrowser look() {
    return new QueueBrowser(this);
  }

  /**
   * How many letters there are, by SQS's own estimates, which may lag a minute behind (SQS API
   * reference, "GetQueueAttributes").
   *
   * @param free those that can be received now
   * @param held those in someone's hands, who deletes them or gives them back
   */
  public record Count(int free, int held) {}

  public Count count() {
    Map<QueueAttributeName, String> counts =
        attributes(
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    return new Count(
        Integer.parseInt(
            counts.getOrDefault(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")),
        Integer.parseInt(
            counts.getOrDefault(
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0")));
  }

  /** About how many letters are in it, those in someone's hands among them. */
  public int depth() {
    Count count = count();
    return count.free() + count.held();
  }

  /** {@code arn:aws:sqs:<region>:<account>:<name>}. */
  public String arn() {
    return attributes(QueueAttributeName.QUEUE_ARN).getOrDefault(QueueAttributeName.QUEUE_ARN, "");
  }

  private Map<QueueAttributeName, String> attributes(QueueAttributeName... names) {
    return client.getQueueAttributes(get -> get.queueUrl(url).attributeNames(names)).attributes();
  }

  /** Up to that many, 10 at most, hidden from everyone for that time. */
  List<DeadLetter> receive(int most, Duration hidden) {
    return client
        .receiveMessage(
            receive ->
                receive
                    .queueUrl(url)
                    .maxNumberOfMessages(Math.min(most, MAX_BATCH_SIZE))
                    .visibilityTimeout((int) hidden.toSeconds())
                    .waitTimeSeconds(WAIT_SECONDS)
                    .messageAttributeNames("All")
                    .messageSystemAttributeNames(
                        MessageSystemAttributeName.SENT_TIMESTAMP,
                        MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))
        .messages()
        .stream()
        .map(DeadLetter::of)
        .toList();
  }

  /**
   * Shows these again at once, in the order in which they came. One that cannot be given back comes
   * back when its time is over.
   *
   * @param receipts of letters; the letters themselves may be gone from memory, for a whole queue
   *     of them need not fit
   */
  void giveBack(List<String> receipts) {
    for (int from = 0; from < receipts.size(); from += MAX_BATCH_SIZE) {
      List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
      for (String receipt :
          receipts.subList(from, Math.min(from + MAX_BATCH_SIZE, receipts.size()))) {
        entries.add(
            ChangeMessageVisibilityBatchRequestEntry.builder()
                .id("m" + entries.size())
                .receiptHandle(receipt)
                .visibilityTimeout(0)
                .build());
      }
      client.changeMessageVisibilityBatch(change -> change.queueUrl(url).entries(entries));
    }
  }

  /** Gone for good. */
  public void delete(DeadLetter letter) {
    client.deleteMessage(delete -> delete.queueUrl(url).receiptHandle(letter.receipt()));
  }
}

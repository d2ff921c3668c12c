package agentpost.callback;

import java.time.Duration;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The processor's queue. Failures of SQS are thrown as the SDK throws them. */
final class WorkQueue {
  /**
   * SQS refuses what would hide a message for over 12 h since it was received
   * ("ChangeMessageVisibility"), which was up to one run of the function ago.
   */
  private static final Duration MAX_VISIBILITY_TIMEOUT =
      Duration.ofHours(12).minus(Duration.ofMinutes(15));

  private final SqsClient client;
  private final String url;

  WorkQueue(SqsClient client, String url) {
    this.client = client;
    this.url = url;
  }

  void send(WorkItem item) {
    client.sendMessage(send -> send.queueUrl(url).messageBody(item.json()));
  }

  /** Shows the message again after that time. */
  void retry(String receiptHandle, Duration after) {
    long seconds = Math.clamp(after.toSeconds(), 0, MAX_VISIBILITY_TIMEOUT.toSeconds());
    client.changeMessageVisibility(
        change ->
            change.queueUrl(url).receiptHandle(receiptHandle).visibilityTimeout((int) seconds));
  }
}

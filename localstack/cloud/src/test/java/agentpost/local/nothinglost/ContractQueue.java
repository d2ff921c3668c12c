package agentpost.local.nothinglost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;

/**
 * One queue, the model's or the local cloud's, as a contract is tried on it.
 *
 * @param pass lets that time go by, in the memory; elsewhere it goes by itself
 */
record ContractQueue(SqsClient client, String url, Consumer<Duration> pass) {
  List<Message> receive(int most, int hiddenSeconds) {
    return client
        .receiveMessage(
            receive ->
                receive
                    .queueUrl(url)
                    .maxNumberOfMessages(most)
                    .visibilityTimeout(hiddenSeconds)
                    .waitTimeSeconds(0)
                    .messageAttributeNames("All")
                    .messageSystemAttributeNames(
                        MessageSystemAttributeName.SENT_TIMESTAMP,
                        MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))
        .messages();
  }

  Message receiveAfter(Duration time) {
    pass.accept(time);
    List<Message> received = new ArrayList<>();
    await().until(() -> received.addAll(receive(1, 30)));
    return received.getFirst();
  }

  int show(String receipt) {
    return client
        .changeMessageVisibilityBatch(
            change ->
                change
                    .queueUrl(url)
                    .entries(
                        ChangeMessageVisibilityBatchRequestEntry.builder()
                            .id("m0")
                            .receiptHandle(receipt)
                            .visibilityTimeout(0)
                            .build()))
        .successful()
        .size();
  }

  void delete(String receipt) {
    client.deleteMessage(delete -> delete.queueUrl(url).receiptHandle(receipt));
  }

  /** SQS documents success. {@link FlakyQueue} does now this and now an error. */
  void deleteByOld(String receipt) {
    try {
      delete(receipt);
    } catch (ReceiptHandleIsInvalidException e) {
      assertThat(client).isNotInstanceOf(MemorySqs.class);
    }
  }

  @Override
  public String toString() {
    return client instanceof MemorySqs ? "the model's" : "the local cloud's";
  }
}

package agentpost.local.nothinglost;

import agentpost.local.nothinglost.MemoryQueue.Lying;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/** SQS as the functions see it, over queues in memory. */
final class MemorySqs implements SqsClient {
  private static final String URL = "https://sqs.us-east-1.amazonaws.com/000000000000/";

  private final Simulation simulation;
  private final UnreliableStore unreliable;
  private final Map<String, MemoryQueue> queues = new LinkedHashMap<>();
  private final BiConsumer<MemoryQueue, Lying> deleted;

  /**
   * @param deleted is told of each message that is gone for good
   */
  MemorySqs(Simulation simulation, BiConsumer<MemoryQueue, Lying> deleted) {
    this.simulation = simulation;
    this.unreliable = new UnreliableStore(simulation);
    this.deleted = deleted;
  }

  MemoryQueue create(String name, MemoryQueue.Whims whims) {
    MemoryQueue queue = new MemoryQueue(name, simulation.clock(), whims);
    queues.put(name, queue);
    return queue;
  }

  MemoryQueue named(String name) {
    return Optional.ofNullable(queues.get(name)).orElseThrow();
  }

  private MemoryQueue at(String url) {
    return named(url.substring(url.lastIndexOf('/') + 1));
  }

  /** A long poll waits for what becomes visible, and ends at the first that does. */
  @Override
  public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
    int wait = Optional.ofNullable(request.waitTimeSeconds()).orElse(0);
    List<Message> received = received(request);
    for (int second = 0; second < wait && received.isEmpty(); second++) {
      simulation.running().ifPresent(process -> process.pause(Duration.ofSeconds(1)));
      received = received(request);
    }
    return ReceiveMessageResponse.builder().messages(received).build();
  }

  private List<Message> received(ReceiveMessageRequest request) {
    return unreliable.call(
        "receive letters",
        () -> {
          List<Lying> received =
              at(request.queueUrl())
                  .receive(
                      request.maxNumberOfMessages(),
                      Duration.ofSeconds(request.visibilityTimeout()),
                      simulation.actor());
          simulation.tell(() -> "receives " + received.stream().map(Lying::id).toList());
          return received.stream().map(MemorySqs::message).toList();
        });
  }

  static Message message(Lying lying) {
    return Message.builder()
        .messageId(lying.id())
        .receiptHandle(lying.receipts().isEmpty() ? "" : lying.receipt())
        .body(lying.body())
        .messageAttributes(lying.attributes())
        .attributes(
            Map.of(
                MessageSystemAttributeName.SENT_TIMESTAMP,
                    Long.toString(lying.sentAt().toEpochMilli()),
                MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                    Integer.toString(lying.receipts().size())))
        .build();
  }

  @Override
  public DeleteMessageResponse deleteMessage(DeleteMessageRequest request) {
    return unreliable.call(
        "delete the letter",
        () -> {
          MemoryQueue queue = at(request.queueUrl());
          Optional<Lying> gone = queue.delete(request.receiptHandle());
          simulation.tell(
              () ->
                  gone.map(message -> "deletes " + message.id())
                      .orElse("deletes nothing: " + request.receiptHandle() + " is of old"));
          gone.ifPresent(message -> deleted.accept(queue, message));
          return DeleteMessageResponse.builder().build();
        });
  }

  @Override
  public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) {
    return unreliable.call(
        "give letters back",
        () -> {
          List<ChangeMessageVisibilityBatchResultEntry> done = new ArrayList<>();
          List<BatchResultErrorEntry> failed = new ArrayList<>();
          for (ChangeMessageVisibilityBatchRequestEntry entry : request.entries()) {
            if (at(request.queueUrl())
                .hide(entry.receiptHandle(), Duration.ofSeconds(entry.visibilityTimeout()))) {
              done.add(ChangeMessageVisibilityBatchResultEntry.builder().id(entry.id()).build());
            } else {
              failed.add(
                  BatchResultErrorEntry.builder()
                      .id(entry.id())
                      .code("InvalidParameterValue")
                      .senderFault(true)
                      .build());
            }
          }
          simulation.tell(
              () -> "gives back " + done.size() + ", cannot give back " + failed.size());
          return ChangeMessageVisibilityBatchResponse.builder()
              .successful(done)
              .failed(failed)
              .build();
        });
  }

  @Override
  public SendMessageResponse sendMessage(SendMessageRequest request) {
    return unreliable.call(
        "send",
        () -> {
          at(request.queueUrl()).send(request.messageBody(), request.messageAttributes());
          return SendMessageResponse.builder().build();
        });
  }

  @Override
  public GetQueueUrlResponse getQueueUrl(GetQueueUrlRequest request) {
    return GetQueueUrlResponse.builder().queueUrl(URL + named(request.queueName()).name()).build();
  }

  @Override
  public GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
    return unreliable.call(
        "count letters",
        () -> {
          List<Lying> lying = at(request.queueUrl()).lying();
          long visible =
              lying.stream().filter(message -> message.isVisible(simulation.now())).count();
          return GetQueueAttributesResponse.builder()
              .attributes(
                  Map.of(
                      QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, Long.toString(visible),
                      QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                          Long.toString(lying.size() - visible)))
              .build();
        });
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}

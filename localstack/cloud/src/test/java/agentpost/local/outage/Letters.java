package agentpost.local.outage;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/** The agent's dead-letter queue: in order, and of any length. A letter is its event's number. */
final class Letters implements SqsClient {
  private record Hidden(int event, long until) {}

  private static final String REASON = "The endpoint answered 503: ";

  private final LongSupplier micros;
  private final IntFunction<String> bodies;
  private final Deque<Integer> visible = new ArrayDeque<>();
  private final Map<Integer, Hidden> hidden = new HashMap<>();
  private final PriorityQueue<Hidden> ends =
      new PriorityQueue<>((one, other) -> Long.compare(one.until(), other.until()));

  /**
   * @param bodies of letters, by event
   */
  Letters(LongSupplier micros, IntFunction<String> bodies) {
    this.micros = micros;
    this.bodies = bodies;
  }

  void add(int event) {
    visible.add(event);
  }

  int size() {
    return visible.size() + hidden.size();
  }

  private void show() {
    while (!ends.isEmpty() && ends.element().until() <= micros.getAsLong()) {
      Hidden over = ends.remove();
      if (hidden.remove(over.event(), over)) {
        visible.addFirst(over.event());
      }
    }
  }

  @Override
  public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
    show();
    long until =
        micros.getAsLong() + Duration.ofSeconds(request.visibilityTimeout()).toNanos() / 1000;
    List<Message> received = new ArrayList<>();
    while (!visible.isEmpty() && received.size() < request.maxNumberOfMessages()) {
      int event = visible.removeFirst();
      Hidden now = new Hidden(event, until);
      hidden.put(event, now);
      ends.add(now);
      received.add(message(event));
    }
    return ReceiveMessageResponse.builder().messages(received).build();
  }

  private Message message(int event) {
    return Message.builder()
        .messageId("letter-" + event)
        .receiptHandle(Integer.toString(event))
        .body(bodies.apply(event))
        .messageAttributes(
            Map.of(
                "ERROR_CODE", text("ERROR_FROM_TARGET"),
                "ERROR_MESSAGE", text(REASON),
                "EXHAUSTED_RETRY_CONDITION", text("MaximumEventAgeInSeconds")))
        .attributes(Map.of(MessageSystemAttributeName.SENT_TIMESTAMP, "0"))
        .build();
  }

  private static MessageAttributeValue text(String value) {
    return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
  }

  @Override
  public DeleteMessageResponse deleteMessage(DeleteMessageRequest request) {
    hidden.remove(Integer.valueOf(request.receiptHandle()));
    return DeleteMessageResponse.builder().build();
  }

  @Override
  public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) {
    request.entries().reversed().stream()
        .map(entry -> Integer.valueOf(entry.receiptHandle()))
        .filter(event -> hidden.remove(event) != null)
        .forEach(visible::addFirst);
    return ChangeMessageVisibilityBatchResponse.builder().build();
  }

  @Override
  public GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
    show();
    return GetQueueAttributesResponse.builder()
        .attributes(
            Map.of(
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                Integer.toString(visible.size()),
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                Integer.toString(hidden.size())))
        .build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}

package agentpost.deadletter;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/**
 * One dead-letter queue as EventBridge fills it, by a clock that is moved. Every call is a step,
 * which may be the last of its process.
 */
final class Letters implements SqsClient {
  private record Lying(Message message, int receives, Instant visibleFrom) {}

  private final Clock clock;
  private final Steps steps;
  private final Map<String, Lying> lying = new LinkedHashMap<>();
  private int sent;

  Letters(Clock clock, Steps steps) {
    this.clock = clock;
    this.steps = steps;
  }

  static String body(String eventId, String type) {
    return ("{'version':'0','id':'bus-1','detail-type':'" + type + "','source':'s','detail':")
            .replace('\'', '"')
        + envelope(eventId, type)
        + ",\"resources\":[]}";
  }

  /** What is delivered of it, to the letter. */
  static String envelope(String eventId, String type) {
    return ("{'event_id':'"
            + eventId
            + "','event_type':'"
            + type
            + "','timestamp':'2026-03-31T10:30:00Z','data':{'user_id':'u','email':'ada@example.com','plan':'free','price':1.10},'metadata':{'source_service':'s','correlation_id':'c'}}")
        .replace('\'', '"');
  }

  void add(String eventId) {
    add(body(eventId, "user.signed_up"), "ERROR_FROM_TARGET");
  }

  void add(String body, String code) {
    add(
        body,
        Map.of(
            "ERROR_CODE",
            code,
            "ERROR_MESSAGE",
            "no",
            "RETRY_ATTEMPTS",
            "185",
            "EXHAUSTED_RETRY_CONDITION",
            "MaximumRetryAttempts"));
  }

  synchronized void add(String body, Map<String, String> why) {
    String id = "message-" + ++sent;
    Map<String, MessageAttributeValue> attributes = new TreeMap<>();
    why.forEach(
        (name, value) ->
            attributes.put(
                name,
                MessageAttributeValue.builder().dataType("String").stringValue(value).build()));
    Message message =
        Message.builder()
            .messageId(id)
            .receiptHandle(id)
            .body(body)
            .messageAttributes(attributes)
            .attributes(
                Map.of(MessageSystemAttributeName.SENT_TIMESTAMP, Long.toString(clock.millis())))
            .build();
    lying.put(id, new Lying(message, 0, clock.instant()));
  }

  /** Bodies of what is in it, hidden or not. */
  synchronized List<String> all() {
    return lying.values().stream().map(one -> DeadLetter.of(one.message()).eventId()).toList();
  }

  synchronized List<String> visible() {
    return lying.values().stream()
        .filter(one -> !one.visibleFrom().isAfter(clock.instant()))
        .map(one -> DeadLetter.of(one.message()).eventId())
        .toList();
  }

  @Override
  public synchronized ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
    steps.step();
    List<Message> received = new ArrayList<>();
    for (Map.Entry<String, Lying> entry : lying.entrySet()) {
      Lying one = entry.getValue();
      if (received.size() < request.maxNumberOfMessages()
          && !one.visibleFrom().isAfter(clock.instant())) {
        entry.setValue(
            new Lying(
                one.message(),
                one.receives() + 1,
                clock.instant().plusSeconds(request.visibilityTimeout())));
        received.add(one.message());
      }
    }
    return ReceiveMessageResponse.builder().messages(received).build();
  }

  @Override
  public synchronized DeleteMessageResponse deleteMessage(DeleteMessageRequest request) {
    steps.step();
    lying.remove(request.receiptHandle());
    return DeleteMessageResponse.builder().build();
  }

  @Override
  public synchronized ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) {
    steps.step();
    request
        .entries()
        .forEach(
            entry ->
                lying.computeIfPresent(
                    entry.receiptHandle(),
                    (_, one) ->
                        new Lying(
                            one.message(),
                            one.receives(),
                            clock.instant().plusSeconds(entry.visibilityTimeout()))));
    return ChangeMessageVisibilityBatchResponse.builder().build();
  }

  @Override
  public synchronized GetQueueAttributesResponse getQueueAttributes(
      GetQueueAttributesRequest request) {
    int visible = visible().size();
    return GetQueueAttributesResponse.builder()
        .attributes(
            Map.of(
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, Integer.toString(visible),
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                    Integer.toString(lying.size() - visible)))
        .build();
  }

  @Override
  public GetQueueUrlResponse getQueueUrl(GetQueueUrlRequest request) {
    return GetQueueUrlResponse.builder().queueUrl("https://sqs/" + request.queueName()).build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}

package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Operations on messages, whose input {@link SqsLimits} has passed. */
final class MessageOperations {
  private final Queues queues;

  MessageOperations(Queues queues) {
    this.queues = queues;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static Optional<String> text(JsonNode input, String member) {
    return input.hasNonNull(member) ? Optional.of(input.path(member).asText()) : Optional.empty();
  }

  private static Optional<Duration> seconds(JsonNode input, String member) {
    return input.hasNonNull(member)
        ? Optional.of(Duration.ofSeconds(input.path(member).asInt()))
        : Optional.empty();
  }

  private static AwsException invalid(String reason) {
    return AwsException.badRequest("InvalidParameterValue", reason);
  }

  private Queues.Draft draft(String name, JsonNode input) {
    return queues.with(name, queue -> draft(queue, input));
  }

  private static Queues.Draft draft(MessageQueue queue, JsonNode input) {
    boolean isFifo = queue.isFifo();
    boolean byContent = QueueAttributes.value(queue, "ContentBasedDeduplication").equals("true");
    String body = input.path("MessageBody").asText();
    Optional<String> group = text(input, "MessageGroupId");
    Optional<String> deduplicationId = text(input, "MessageDeduplicationId");
    if (isFifo && group.isEmpty()) {
      throw AwsException.badRequest(
          "MissingParameter", "The request must contain the parameter MessageGroupId.");
    }
    if (isFifo && deduplicationId.isEmpty() && !byContent) {
      throw invalid(
          "The queue should either have ContentBasedDeduplication enabled or"
              + " MessageDeduplicationId provided explicitly");
    }
    if ((isFifo && input.hasNonNull("DelaySeconds")) || (!isFifo && deduplicationId.isPresent())) {
      String member = isFifo ? "DelaySeconds" : "MessageDeduplicationId";
      throw invalid(
          "Value "
              + input.path(member).asText()
              + " for parameter "
              + member
              + " is invalid. Reason: The request includes a parameter that is not valid for this"
              + " queue type.");
    }
    return new Queues.Draft(
        new StoredMessage.Content(
            body,
            attributes(input, "MessageAttributes"),
            attributes(input, "MessageSystemAttributes"),
            group,
            isFifo
                ? deduplicationId.or(() -> Optional.of(MessageDigests.deduplicationId(body)))
                : Optional.empty()),
        seconds(input, "DelaySeconds"));
  }

  private static ObjectNode attributes(JsonNode input, String member) {
    return input.path(member) instanceof ObjectNode given ? given.deepCopy() : object();
  }

  JsonNode send(String name, ObjectNode input) {
    Queues.Draft draft = draft(name, input);
    return answer(draft.content(), queues.send(name, List.of(draft)).getFirst());
  }

  private static ObjectNode answer(StoredMessage.Content content, MessageQueue.Sent sent) {
    ObjectNode answer =
        object()
            .put("MessageId", sent.id())
            .put("MD5OfMessageBody", MessageDigests.of(content.body()));
    if (!content.attributes().isEmpty()) {
      answer.put("MD5OfMessageAttributes", MessageDigests.of(content.attributes()));
    }
    if (!content.systemAttributes().isEmpty()) {
      answer.put("MD5OfMessageSystemAttributes", MessageDigests.of(content.systemAttributes()));
    }
    if (content.deduplicationId().isPresent()) {
      answer.put("SequenceNumber", sequenceNumber(sent.order()));
    }
    return answer;
  }

  /** "A large, non-consecutive number", of 20 digits (developer guide). */
  private static String sequenceNumber(long order) {
    return "188%017d".formatted(order * 256);
  }

  /**
   * What is wrong with an entry is in the answer, and the others are done (API reference,
   * BatchResultErrorEntry).
   */
  private static ObjectNode batch(ObjectNode input, Consumer<JsonNode> entries, ArrayNode done) {
    ArrayNode failed = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : input.path("Entries")) {
      try {
        entries.accept(entry);
      } catch (AwsException e) {
        failed
            .addObject()
            .put("Id", entry.path("Id").asText())
            .put("SenderFault", true)
            .put("Code", e.code())
            .put("Message", e.description());
      }
    }
    ObjectNode answer = object();
    answer.set("Successful", done);
    answer.set("Failed", failed);
    return answer;
  }

  /**
   * @param largest message that the queue takes
   */
  JsonNode sendBatch(String name, ObjectNode input, int largest) {
    queues.with(name, MessageQueue::name);
    Map<String, Queues.Draft> drafts = new LinkedHashMap<>();
    ArrayNode done = JsonNodeFactory.instance.arrayNode();
    ObjectNode answer =
        batch(
            input,
            entry -> {
              SqsLimits.requireMessage(entry, largest);
              drafts.put(entry.path("Id").asText(), draft(name, entry));
            },
            done);
    Iterator<MessageQueue.Sent> sent = queues.send(name, List.copyOf(drafts.values())).iterator();
    drafts.forEach(
        (id, draft) -> done.addObject().put("Id", id).setAll(answer(draft.content(), sent.next())));
    return answer;
  }

  JsonNode delete(String name, JsonNode input) {
    return queues.with(
        name,
        queue -> {
          queue.delete(input.path("ReceiptHandle").asText());
          return object();
        });
  }

  JsonNode deleteBatch(String name, ObjectNode input) {
    queues.with(name, MessageQueue::name);
    ArrayNode done = JsonNodeFactory.instance.arrayNode();
    return batch(
        input,
        entry -> {
          delete(name, entry);
          done.addObject().put("Id", entry.path("Id").asText());
        },
        done);
  }

  JsonNode changeVisibility(String name, JsonNode input) {
    return queues.with(
        name,
        queue -> {
          queue.changeVisibility(
              input.path("ReceiptHandle").asText(),
              Duration.ofSeconds(input.path("VisibilityTimeout").asInt()).toNanos(),
              queues.now());
          return object();
        });
  }

  JsonNode changeVisibilityBatch(String name, ObjectNode input) {
    queues.with(name, MessageQueue::name);
    ArrayNode done = JsonNodeFactory.instance.arrayNode();
    return batch(
        input,
        entry -> {
          SqsLimits.requireVisibility(entry);
          changeVisibility(name, entry);
          done.addObject().put("Id", entry.path("Id").asText());
        },
        done);
  }

  JsonNode receive(String name, ObjectNode input) {
    List<ObjectNode> received =
        queues.receive(
            name,
            input.path("MaxNumberOfMessages").asInt(1),
            seconds(input, "VisibilityTimeout").orElseGet(() -> own(name, "VisibilityTimeout")),
            seconds(input, "WaitTimeSeconds")
                .orElseGet(() -> own(name, "ReceiveMessageWaitTimeSeconds")),
            message -> show(message, input));
    ObjectNode answer = object();
    if (!received.isEmpty()) {
      answer.putArray("Messages").addAll(received);
    }
    return answer;
  }

  private Duration own(String name, String attribute) {
    return Duration.ofSeconds(
        Long.parseLong(queues.with(name, queue -> QueueAttributes.value(queue, attribute))));
  }

  private static ObjectNode show(StoredMessage message, ObjectNode input) {
    StoredMessage.Content content = message.content();
    ObjectNode shown =
        object()
            .put("MessageId", message.id())
            .put("ReceiptHandle", message.receiptHandle)
            .put("MD5OfBody", MessageDigests.of(content.body()))
            .put("Body", content.body());
    List<String> names = new ArrayList<>();
    input.path("AttributeNames").forEach(name -> names.add(name.asText()));
    input.path("MessageSystemAttributeNames").forEach(name -> names.add(name.asText()));
    ObjectNode system = object();
    systemAttributes(message)
        .forEach(
            (name, value) -> {
              if (names.contains("All") || names.contains(name)) {
                system.put(name, value);
              }
            });
    if (!system.isEmpty()) {
      shown.set("Attributes", system);
    }
    ObjectNode attributes = object();
    for (var attribute : content.attributes().properties()) {
      for (JsonNode wanted : input.path("MessageAttributeNames")) {
        if (isWanted(wanted.asText(), attribute.getKey())) {
          attributes.set(attribute.getKey(), attribute.getValue());
        }
      }
    }
    if (!attributes.isEmpty()) {
      shown.put("MD5OfMessageAttributes", MessageDigests.of(attributes));
      shown.set("MessageAttributes", attributes);
    }
    return shown;
  }

  /** By its name, by "All" or ".*", or by a prefix and ".*" (API reference, ReceiveMessage). */
  private static boolean isWanted(String wanted, String name) {
    return wanted.equals("All")
        || wanted.equals(name)
        || (wanted.endsWith(".*")
            && name.startsWith(wanted.substring(0, wanted.length() - ".*".length())));
  }

  private static Map<String, String> systemAttributes(StoredMessage message) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("SenderId", SqsService.ACCOUNT);
    all.put("SentTimestamp", Long.toString(message.sentAtMillis()));
    all.put("ApproximateReceiveCount", Integer.toString(message.receives));
    all.put("ApproximateFirstReceiveTimestamp", Long.toString(message.firstReceivedMillis));
    StoredMessage.Content content = message.content();
    content.group().ifPresent(group -> all.put("MessageGroupId", group));
    content
        .deduplicationId()
        .ifPresent(
            id -> {
              all.put("MessageDeduplicationId", id);
              all.put("SequenceNumber", sequenceNumber(message.order));
            });
    message.deadLetterSource().ifPresent(arn -> all.put("DeadLetterQueueSourceArn", arn));
    content
        .systemAttributes()
        .properties()
        .forEach(one -> all.put(one.getKey(), one.getValue().path("StringValue").asText()));
    return all;
  }
}

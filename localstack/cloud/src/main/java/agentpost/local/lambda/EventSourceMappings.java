package agentpost.local.lambda;

import agentpost.local.lambda.FunctionHost.Result;
import agentpost.local.sqs.SqsService;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;

/**
 * Lambda's event source mappings of queues: batches go to the function, and what it has handled is
 * deleted. The rest comes again when its visibility time-out is over, and goes to the queue's
 * dead-letter queue in the end; both are the queue's doing, at the wall's pace.
 */
public final class EventSourceMappings implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** As Lambda's pollers wait; the cloud's end ends a poll that is under way. */
  private static final int LONG_POLL_SECONDS = 20;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  /**
   * How often a batch is offered to a function that is throttled, for 100 s; after that it waits
   * for its visibility time-out, which Lambda wants to be six times the function's own.
   */
  private static final int MAX_OFFERS = 500;

  /**
   * @param batch messages at most in one event, 1 to 10
   * @param concurrency batches at a time
   * @param partial whether the function's answer names the messages that are to come again;
   *     otherwise it is all or none
   */
  public record Mapping(
      String queueUrl,
      String queueArn,
      String function,
      int batch,
      int concurrency,
      boolean partial) {}

  private static final String VISIBLE = "ApproximateNumberOfMessages";
  private static final String NOT_VISIBLE = "ApproximateNumberOfMessagesNotVisible";

  private final SqsService queues;
  private final FunctionHost functions;
  private final BiConsumer<String, String> log;
  private final ExecutorService pollers = Executors.newVirtualThreadPerTaskExecutor();

  /** Messages that were received and neither handled nor given up. */
  private final Map<Mapping, Integer> atWork = new ConcurrentHashMap<>();

  /** Messages that are to come again when their visibility time-out is over. */
  private final Map<Mapping, Integer> toComeAgain = new ConcurrentHashMap<>();

  /**
   * By their ids. A poller goes on as long as its own mapping, and not another of the same id, is
   * among them.
   */
  private final Map<String, Mapping> mappings = new ConcurrentHashMap<>();

  /**
   * @param log takes a function's name and a line
   */
  public EventSourceMappings(
      SqsService queues, FunctionHost functions, BiConsumer<String, String> log) {
    this.queues = queues;
    this.functions = functions;
    this.log = log;
  }

  /**
   * In the place of the mapping that had this id, if there was one: batches that are at work are
   * finished.
   */
  public void start(String id, Mapping mapping) {
    mappings.put(id, mapping);
    pollers.execute(() -> poll(id, mapping));
  }

  /** What is at work is finished, and nothing more is received. */
  public void stop(String id) {
    mappings.remove(id);
  }

  // Two mappings may say the same, and one has taken the other's place.
  @SuppressWarnings("ReferenceEquality")
  private boolean isAtWork(String id, Mapping mapping) {
    return !pollers.isShutdown() && mappings.get(id) == mapping;
  }

  /**
   * One receives for all: an empty queue is asked once in twenty seconds, however many batches may
   * be at work at a time.
   */
  private void poll(String id, Mapping mapping) {
    Semaphore room = new Semaphore(mapping.concurrency());
    try {
      while (isAtWork(id, mapping)) {
        room.acquire();
        JsonNode messages =
            isAtWork(id, mapping) ? receive(id, mapping) : MissingNode.getInstance();
        if (messages.isEmpty()) {
          room.release();
        } else {
          pollers.execute(() -> work(id, mapping, messages, room));
        }
      }
    } catch (InterruptedException | RejectedExecutionException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
    }
  }

  /** What is there within twenty seconds; nothing while the queue does not answer. */
  private JsonNode receive(String id, Mapping mapping) throws InterruptedException {
    ObjectNode receive = JsonNodeFactory.instance.objectNode().put("QueueUrl", mapping.queueUrl());
    receive.put("MaxNumberOfMessages", mapping.batch()).put("WaitTimeSeconds", LONG_POLL_SECONDS);
    receive.putArray("AttributeNames").add("All");
    receive.putArray("MessageAttributeNames").add("All");
    try {
      JsonNode messages = queues.call("ReceiveMessage", receive).path("Messages");
      atWork.merge(mapping, messages.size(), Integer::sum);
      for (JsonNode message : messages) {
        if (message.path("Attributes").path("ApproximateReceiveCount").asInt() > 1) {
          toComeAgain.computeIfPresent(mapping, (_, waiting) -> Math.max(0, waiting - 1));
        }
      }
      return messages;
    } catch (AwsException e) {
      reportSilence(id, mapping, e);
      Thread.sleep(POLL_INTERVAL);
      return MissingNode.getInstance();
    }
  }

  private void reportSilence(String id, Mapping mapping, AwsException e) {
    if (isAtWork(id, mapping)) {
      log.accept(mapping.function(), "its queue does not answer: " + e.description());
    }
  }

  private void work(String id, Mapping mapping, JsonNode messages, Semaphore room) {
    int handled = 0;
    try {
      handled = handleBatch(mapping, messages);
    } catch (AwsException e) {
      reportSilence(id, mapping, e);
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
    } finally {
      toComeAgain.merge(mapping, messages.size() - handled, Integer::sum);
      atWork.merge(mapping, -messages.size(), Integer::sum);
      room.release();
    }
  }

  /**
   * Names the functions whose queues have messages for them now; what comes again later is not
   * among them.
   */
  public List<String> atWork() {
    return mappings.values().stream()
        .filter(this::isAtWork)
        .map(mapping -> mapping.function() + " for its queue")
        .distinct()
        .toList();
  }

  private boolean isAtWork(Mapping mapping) {
    if (atWork.getOrDefault(mapping, 0) > 0) {
      return true;
    }
    ObjectNode asked = JsonNodeFactory.instance.objectNode().put("QueueUrl", mapping.queueUrl());
    asked.putArray("AttributeNames").add(VISIBLE).add(NOT_VISIBLE);
    JsonNode counts = queues.call("GetQueueAttributes", asked).path("Attributes");
    return counts.path(VISIBLE).asInt() > 0
        || counts.path(NOT_VISIBLE).asInt() > toComeAgain.getOrDefault(mapping, 0);
  }

  /**
   * @return how many of them were deleted
   */
  private int handleBatch(Mapping mapping, JsonNode messages) throws InterruptedException {
    int handled = 0;
    String event = event(mapping, messages).toString();
    Result<String> result = functions.invoke(mapping.function(), event);
    for (int offer = 1; offer < MAX_OFFERS && result instanceof Result.Throttled<String>; offer++) {
      Thread.sleep(POLL_INTERVAL);
      result = functions.invoke(mapping.function(), event);
    }
    // Whatever else it may be, the function has logged it, and nothing is deleted.
    if (result instanceof Result.Answered<String>(var answer)) {
      Set<String> again = mapping.partial() ? failures(answer, messages) : Set.of();
      for (JsonNode message : messages) {
        if (!again.contains(message.path("MessageId").asText())) {
          queues.call(
              "DeleteMessage",
              JsonNodeFactory.instance
                  .objectNode()
                  .put("QueueUrl", mapping.queueUrl())
                  .put("ReceiptHandle", message.path("ReceiptHandle").asText()));
          handled++;
        }
      }
    } else if (result instanceof Result.NoSuchFunction<String>) {
      log.accept(mapping.function(), "its queue has messages, and there is no such function");
    }
    return handled;
  }

  /**
   * As Lambda reads it: no answer or an empty one means all is done; an entry without an id, or
   * with one that was not sent, that nothing is.
   */
  private static Set<String> failures(String answer, JsonNode messages) {
    Set<String> sent = new HashSet<>(messages.findValuesAsText("MessageId"));
    Set<String> failed = new HashSet<>();
    try {
      for (JsonNode failure : JSON.readTree(answer).path("batchItemFailures")) {
        failed.add(failure.path("itemIdentifier").asText());
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The runtime's serializer writes JSON", e);
    }
    return sent.containsAll(failed) ? failed : sent;
  }

  private static ObjectNode event(Mapping mapping, JsonNode messages) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    ArrayNode records = event.putArray("Records");
    for (JsonNode message : messages) {
      ObjectNode record =
          records
              .addObject()
              .put("messageId", message.path("MessageId").asText())
              .put("receiptHandle", message.path("ReceiptHandle").asText())
              .put("body", message.path("Body").asText())
              .put("md5OfBody", message.path("MD5OfBody").asText())
              .put("eventSource", "aws:sqs")
              .put("eventSourceARN", mapping.queueArn())
              .put("awsRegion", "us-east-1");
      ObjectNode attributes = record.putObject("attributes");
      message
          .path("Attributes")
          .properties()
          .forEach(attribute -> attributes.put(attribute.getKey(), attribute.getValue().asText()));
      ObjectNode named = record.putObject("messageAttributes");
      for (var attribute : List.copyOf(message.path("MessageAttributes").properties())) {
        named
            .putObject(attribute.getKey())
            .put("stringValue", attribute.getValue().path("StringValue").asText())
            .put("dataType", attribute.getValue().path("DataType").asText("String"));
      }
    }
    return event;
  }

  @Override
  public void close() {
    pollers.shutdownNow();
  }
}

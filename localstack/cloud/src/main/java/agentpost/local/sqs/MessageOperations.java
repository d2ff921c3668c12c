package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Operations on messages for which ElasticMQ has other answers than SQS. */
final class MessageOperations {
  private static final String INVALID_HANDLE = "ReceiptHandleIsInvalid";

  /** As ElasticMQ makes them. */
  private static final Pattern RECEIPT_HANDLE = Pattern.compile("[0-9a-f-]{36}#[0-9a-f-]{36}");

  private final ElasticMq engine;

  MessageOperations(ElasticMq engine) {
    this.engine = engine;
  }

  /** What is wrong with an entry is in the answer, and the others are done. */
  JsonNode takeEntries(String operation, ObjectNode input, int largest) {
    ObjectNode taken = input.deepCopy();
    ArrayNode entries = taken.putArray("Entries");
    ArrayNode failed = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : input.path("Entries")) {
      SqsLimits.entryProblem(operation, entry, largest)
          .ifPresentOrElse(
              problem ->
                  failed
                      .addObject()
                      .put("Id", entry.path("Id").asText())
                      .put("SenderFault", true)
                      .put("Code", problem.code())
                      .put("Message", problem.description()),
              () -> entries.add(entry));
    }
    if (failed.isEmpty()) {
      return engine.ask(operation, input);
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    if (entries.isEmpty()) {
      // Whether there is such a queue.
      engine.ask(
          "GetQueueAttributes",
          JsonNodeFactory.instance.objectNode().put("QueueUrl", input.path("QueueUrl").asText()));
      answer.putArray("Successful");
    } else {
      answer.setAll((ObjectNode) engine.ask(operation, taken));
    }
    answer.withArray("Failed").addAll(failed);
    return answer;
  }

  /**
   * "If you use an old ReceiptHandle, the request will succeed, but the message might not be
   * deleted" (API reference, DeleteMessage).
   */
  JsonNode delete(ObjectNode input) {
    try {
      return engine.ask("DeleteMessage", input);
    } catch (AwsException e) {
      if (e.code().equals(INVALID_HANDLE) && isHandle(input)) {
        return JsonNodeFactory.instance.objectNode();
      }
      throw e;
    }
  }

  private static boolean isHandle(JsonNode input) {
    return RECEIPT_HANDLE.matcher(input.path("ReceiptHandle").asText()).matches();
  }

  /** The same for each entry. */
  JsonNode deleteBatch(ObjectNode input) {
    JsonNode answer = engine.ask("DeleteMessageBatch", input);
    Set<String> old = new HashSet<>();
    input
        .path("Entries")
        .valueStream()
        .filter(MessageOperations::isHandle)
        .forEach(entry -> old.add(entry.path("Id").asText()));
    ObjectNode all = answer.deepCopy();
    ArrayNode successful = all.withArray("Successful");
    ArrayNode failed = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : answer.path("Failed")) {
      if (entry.path("Code").asText().equals(INVALID_HANDLE)
          && old.contains(entry.path("Id").asText())) {
        successful.addObject().put("Id", entry.path("Id").asText());
      } else {
        failed.add(entry);
      }
    }
    all.set("Failed", failed);
    return all;
  }
}

package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventCodec;
import agentpost.operations.OperationId;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** A request that was accepted, as the work queue holds it. */
record WorkItem(OperationId id, ObjectNode dataToProcess, String callbackUrl, Instant acceptedAt) {
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("data_to_process", dataToProcess);
    return json.put("callback_url", callbackUrl)
        .put("correlation_id", id.value())
        .put("accepted_at", acceptedAt.toString())
        .toString();
  }

  /** The item of a message; nothing if it is none. */
  static Optional<WorkItem> parse(String message) {
    try {
      return new EventCodec().parse(message.getBytes(UTF_8))
                  instanceof EventCodec.Parsed.Json(var json, _)
              && json.path("data_to_process") instanceof ObjectNode data
              && json.path("callback_url") instanceof TextNode url
              && json.path("accepted_at") instanceof TextNode acceptedAt
          ? OperationId.of(json)
              .map(
                  id ->
                      new WorkItem(
                          id, data, url.textValue(), Instant.parse(acceptedAt.textValue())))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventCodec;
import agentpost.event.Truncation;
import agentpost.operations.OperationId;
import agentpost.operations.OperationResult;
import agentpost.schemas.IdText;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What a processor posts when it is done: {@code
 * {"correlation_id":"…","status":"completed","result":{…}}}, or {@code failed} with an error.
 */
record Callback(OperationId id, OperationResult ending) {
  private static final int MAX_ERROR_LENGTH = 4096;

  /** That the work failed, with as much of the reason as a callback may say. */
  static Callback ofError(OperationId id, String error) {
    return new Callback(
        id,
        new OperationResult.Failed(
            IdText.isBlank(error)
                ? "the processor gave no reason"
                : Truncation.truncate(error, MAX_ERROR_LENGTH)));
  }

  sealed interface Parsed {
    record Read(Callback callback) implements Parsed {}

    record NotJson(String why) implements Parsed {}

    record Invalid(String why) implements Parsed {}
  }

  static Parsed parse(byte[] body) {
    return switch (new EventCodec().parse(Json.withoutByteOrderMark(body))) {
      case EventCodec.Parsed.NotJson(var why) -> new Parsed.NotJson(why);
      case EventCodec.Parsed.Json(var json, _) -> read(json);
    };
  }

  private static Parsed read(ObjectNode json) {
    Optional<OperationId> id = OperationId.of(json);
    if (id.isEmpty()) {
      return new Parsed.Invalid(
          "correlation_id must be the text that came with the request: 1 to 128 of A-Z a-z 0-9 . _"
              + " : -");
    }
    JsonNode error = json.path("error");
    return switch (json.path("status").asText()) {
      case "completed" ->
          json.path("result") instanceof ObjectNode result
              ? new Parsed.Read(new Callback(id.get(), new OperationResult.Completed(result)))
              : new Parsed.Invalid("a completed operation has an object under result");
      case "failed" ->
          error.isTextual()
                  && !IdText.isBlank(error.textValue())
                  && error.textValue().codePointCount(0, error.textValue().length())
                      <= MAX_ERROR_LENGTH
              ? new Parsed.Read(new Callback(id.get(), new OperationResult.Failed(error.asText())))
              : new Parsed.Invalid(
                  "a failed operation has a text of 1 to 4096 characters, not all of them blank,"
                      + " under error");
      default -> new Parsed.Invalid("status must be completed or failed");
    };
  }

  /** The body as it is signed and sent. */
  byte[] body() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("correlation_id", id.value());
    switch (ending) {
      case OperationResult.Completed(var result) ->
          json.put("status", "completed").set("result", result);
      case OperationResult.Failed(var error) -> json.put("status", "failed").put("error", error);
      case OperationResult.TimedOut _ ->
          throw new IllegalStateException("A processor does not report that it timed out");
    }
    return json.toString().getBytes(UTF_8);
  }
}

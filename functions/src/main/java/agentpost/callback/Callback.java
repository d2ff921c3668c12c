package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventCodec;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a processor posts when it is done: {@code {"correlation_id":"…","status":"completed","result":{…}}}, or {@code failed} with an error. */
record Callback(OperationId id, Ending ending) {
  private static final int LONGEST_ERROR = 4096;

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
    OperationId id;
    try {
      id = new OperationId(json.path("correlation_id").asText());
    } catch (IllegalArgumentException e) {
      return new Parsed.Invalid("correlation_id must be the text that came with the request");
    }
    JsonNode error = json.path("error");
    return switch (json.path("status").asText()) {
      case "completed" ->
          json.path("result") instanceof ObjectNode result
              ? new Parsed.Read(new Callback(id, new Ending.Completed(asKept(result))))
              : new Parsed.Invalid("a completed operation has an object under result");
      case "failed" ->
          error.isTextual() && !error.asText().isBlank() && error.asText().length() <= LONGEST_ERROR
              ? new Parsed.Read(new Callback(id, new Ending.Failed(error.asText())))
              : new Parsed.Invalid("a failed operation has a text of 1 to 4096 characters under error");
      default -> new Parsed.Invalid("status must be completed or failed");
    };
  }

  /** As it is read back after it was kept as text, so that the same result sent twice is the same: 1.0 is kept as 1. */
  private static ObjectNode asKept(ObjectNode result) {
    return new EventCodec().parse(result.toString().getBytes(UTF_8)) instanceof EventCodec.Parsed.Json(var kept, _) ? kept : result;
  }

  /** The body as it is signed and sent. */
  byte[] body() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("correlation_id", id.value());
    switch (ending) {
      case Ending.Completed(var result) -> json.put("status", "completed").set("result", result);
      case Ending.Failed(var error) -> json.put("status", "failed").put("error", error);
      case Ending.TimedOut _ -> throw new IllegalStateException("A processor does not report that it timed out");
    }
    return json.toString().getBytes(UTF_8);
  }
}

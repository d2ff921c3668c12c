package agentpost.ingest;

import agentpost.schemas.Json;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads a body whose signature held, and the events in it. Nobody signs a Content-Type, and some
 * senders' is wrong: what is JSON is read as JSON whatever it calls itself, and what is not as a
 * form if it calls itself one. A byte order mark is skipped; the signature was over it.
 */
final class PayloadReader {
  /** More than any provider sends at a time, and as many as one invocation has time for. */
  static final int MAX_EVENTS = 1000;

  /** What came of reading it. */
  sealed interface Parsed {
    record Read(JsonNode json) implements Parsed {}

    /**
     * @param why for the sender; nothing of the body is in it
     */
    record Unreadable(String why) implements Parsed {}
  }

  /** What came of looking for events. */
  sealed interface Events {
    record Found(List<JsonNode> payloads) implements Events {}

    record NotThere(String why) implements Events {}
  }

  Parsed read(SignedRequest received) {
    byte[] body = Json.withoutByteOrderMark(received.body());
    Json.Parsed parsed = Json.parse(body);
    if (parsed instanceof Json.Parsed.Read(var json) && json.isContainerNode()) {
      return new Parsed.Read(json);
    }
    if (received
        .header("Content-Type")
        .orElse("")
        .toLowerCase(Locale.ROOT)
        .startsWith("application/x-www-form-urlencoded")) {
      return switch (Form.parse(body)) {
        case Form.Parsed.NoForm(var why) -> new Parsed.Unreadable(why);
        case Form.Parsed.Read(var form) -> new Parsed.Read(unwrapForm(form));
      };
    }
    return new Parsed.Unreadable(
        parsed instanceof Json.Parsed.NotJson(var why)
            ? "the body " + why
            : "the body is not a JSON object");
  }

  /**
   * Slack's interactions, and GitHub's webhooks if so set, are a form of one parameter, {@code
   * payload}, which is JSON.
   */
  private static ObjectNode unwrapForm(ObjectNode form) {
    return form.size() == 1
            && Json.parse(form.path("payload").asText())
                instanceof Json.Parsed.Read(ObjectNode payload)
        ? payload
        : form;
  }

  /**
   * @param each where the list of them is, which may be JSON in a form's text; nothing if all of
   *     the payload is one event
   */
  Events events(JsonNode payload, Optional<JsonPointer> each) {
    if (each.isEmpty()) {
      return payload.isObject()
          ? new Events.Found(List.of(payload))
          : new Events.NotThere("the body is not a JSON object");
    }
    JsonNode list = payload.at(each.get());
    if (list.isTextual() && Json.parse(list.textValue()) instanceof Json.Parsed.Read(var inside)) {
      list = inside;
    }
    if (!list.isArray()) {
      return new Events.NotThere(
          "the events are not a list at "
              + (each.get().matches() ? "the body's root" : each.get())
              + ", where the catalog says");
    }
    if (list.size() > MAX_EVENTS) {
      return new Events.NotThere(
          "the body has "
              + list.size()
              + " events; at most "
              + MAX_EVENTS
              + " are taken at a time");
    }
    return new Events.Found(list.valueStream().toList());
  }
}

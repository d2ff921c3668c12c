package agentpost.event;

import agentpost.schemas.DateTimes;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The envelope as JSON (RFC 8259, UTF-8, no duplicate keys, nothing after it). Safe for use by many
 * threads.
 */
public final class EventCodec {
  /** Of an envelope: event_id, event_type, timestamp, data, metadata. */
  private static final int MEMBERS = 5;

  /** What came of reading bytes as an event. */
  public sealed interface Parsed {
    /**
     * @param json the envelope as it is, for the schema
     * @param event the same, read; present only when its envelope has all that every event must
     *     have
     */
    record Json(ObjectNode json, Optional<Event> event) implements Parsed {}

    /**
     * @param why for the sender; nothing of the body is in it but places
     */
    record NotJson(String why) implements Parsed {}
  }

  public Parsed parse(byte[] body) {
    return parseJson(Json.parse(body));
  }

  public Parsed parse(String text) {
    return parseJson(Json.parse(text));
  }

  private static Parsed parseJson(Json.Parsed parsed) {
    return switch (parsed) {
      case Json.Parsed.NotJson(var why) -> new Parsed.NotJson("the body " + why);
      case Json.Parsed.Read(ObjectNode envelope) -> new Parsed.Json(envelope, event(envelope));
      case Json.Parsed.Read _ -> new Parsed.NotJson("the body is not a JSON object");
    };
  }

  /** The envelope as compact JSON. */
  public String write(Event event) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("event_id", event.id().value());
    json.put("event_type", event.type());
    json.put("timestamp", event.timestamp().truncatedTo(ChronoUnit.MILLIS).toString());
    json.set("data", event.data());
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("source_service", event.metadata().sourceService());
    metadata.put("correlation_id", event.metadata().correlationId().value());
    event.metadata().causationId().ifPresent(cause -> metadata.put("causation_id", cause.value()));
    if (event.metadata().schemaVersion() != 1) {
      metadata.put("schema_version", event.metadata().schemaVersion());
    }
    if (event.metadata().hops() > 0) {
      metadata.put("hops", event.metadata().hops());
    }
    return json.toString();
  }

  /**
   * The {@code event_id} of an envelope, whatever else is in it; nothing if there is no usable one,
   * or a receiver could not read it.
   */
  public Optional<EventId> idOf(byte[] body) {
    return Json.parse(body) instanceof Json.Parsed.Read(ObjectNode envelope)
            && envelope.path("event_id") instanceof TextNode id
        ? EventId.of(id.textValue())
        : Optional.empty();
  }

  private static Optional<Event> event(ObjectNode json) {
    if (json.size() != MEMBERS
        || !(json.path("data") instanceof ObjectNode data)
        || !(json.path("metadata") instanceof ObjectNode metadata)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Event(
              new EventId(text(json, "event_id")),
              text(json, "event_type"),
              DateTimes.parse(text(json, "timestamp"))
                  .orElseThrow(() -> new IllegalArgumentException("timestamp must be a date-time"))
                  .toInstant(),
              data,
              new Event.Metadata(
                  text(metadata, "source_service"),
                  new CorrelationId(text(metadata, "correlation_id")),
                  metadata.has("causation_id")
                      ? Optional.of(new EventId(text(metadata, "causation_id")))
                      : Optional.empty(),
                  integer(metadata, "schema_version", 1),
                  integer(metadata, "hops", 0))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A text and nothing that could be taken for one: {@code null} is no id. */
  private static String text(ObjectNode json, String name) {
    if (!json.path(name).isTextual()) {
      throw new IllegalArgumentException(name + " must be a text");
    }
    return json.path(name).textValue();
  }

  private static int integer(ObjectNode metadata, String name, int absent) {
    JsonNode value = metadata.path(name);
    if (!value.isMissingNode() && !value.isInt()) {
      throw new IllegalArgumentException(name + " must be an integer");
    }
    return value.asInt(absent);
  }
}

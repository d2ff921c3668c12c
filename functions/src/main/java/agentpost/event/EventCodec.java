package agentpost.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The envelope as JSON (RFC 8259, UTF-8, no duplicate keys, nothing after it). Safe for use by many threads. */
public final class EventCodec {
  /** Deeper than any event needs to be, and shallow enough to walk without fear. */
  private static final int DEEPEST_NESTING = 64;

  /** Jackson would take other encodings too, by what the first bytes look like. */
  private static final JsonFactory UTF_8_ONLY = new JsonFactoryBuilder().disable(JsonFactory.Feature.CHARSET_DETECTION).build();

  private static final JsonMapper JSON =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .disable(JsonFactory.Feature.CHARSET_DETECTION)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST_NESTING).maxNumberLength(100).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /** What came of reading bytes as an event. */
  public sealed interface Parsed {
    /**
     * @param json the envelope as it is, for the schema
     * @param event the same, read; present only when its envelope has all that every event must have
     */
    record Json(ObjectNode json, Optional<Event> event) implements Parsed {}

    /** @param why for the sender; nothing of the body is in it but places */
    record NotJson(String why) implements Parsed {}
  }

  public Parsed parse(byte[] body) {
    try {
      // Jackson mends malformed UTF-8 in places; a strict decoder does not.
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
    } catch (CharacterCodingException e) {
      return new Parsed.NotJson("the body is not UTF-8");
    }
    try {
      JsonNode json = JSON.readTree(body);
      return json instanceof ObjectNode envelope
          ? new Parsed.Json(envelope, event(envelope))
          : new Parsed.NotJson("the body is not a JSON object");
    } catch (JsonProcessingException e) {
      return new Parsed.NotJson("the body is not JSON" + place(e));
    } catch (NumberFormatException e) {
      // Not wrapped by Jackson: an exponent of more digits than a BigDecimal has room for.
      return new Parsed.NotJson("the body has a number that is too large or too small");
    } catch (IOException e) {
      throw new UncheckedIOException("Bytes in memory cannot fail to be read", e);
    }
  }

  /** The envelope as compact JSON. */
  public String write(Event event) {
    ObjectNode json = JSON.createObjectNode();
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
    return json.toString();
  }

  /** The {@code event_id} of an envelope, read from its bytes without building it; nothing if there is no usable one. */
  public Optional<EventId> idOf(byte[] body) {
    try (JsonParser parser = UTF_8_ONLY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isId = parser.currentName().equals("event_id");
        JsonToken value = parser.nextToken();
        if (isId) {
          return value == JsonToken.VALUE_STRING ? Optional.of(new EventId(parser.getText())) : Optional.empty();
        }
        parser.skipChildren();
      }
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Event> event(ObjectNode json) {
    try {
      JsonNode metadata = json.path("metadata");
      Optional<EventId> cause = Optional.ofNullable(metadata.get("causation_id")).map(node -> new EventId(node.asText()));
      return json.path("data") instanceof ObjectNode data
          ? Optional.of(
              new Event(
                  new EventId(json.path("event_id").asText()),
                  json.path("event_type").asText(),
                  instant(json.path("timestamp").asText()),
                  data,
                  new Event.Metadata(
                      metadata.path("source_service").asText(),
                      new CorrelationId(metadata.path("correlation_id").asText()),
                      cause,
                      metadata.path("schema_version").asInt(1))))
          : Optional.empty();
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** RFC 3339 allows any offset; {@link Instant} knows it from Java 12 on only for some, {@link OffsetDateTime} for all. */
  private static Instant instant(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ")";
  }
}

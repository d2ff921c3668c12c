package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.Mapping;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.event.EventReader;
import agentpost.http.Problem;
import agentpost.schemas.EventSchemas;
import java.time.Clock;
import java.util.Optional;

/**
 * Makes our events of a source's payloads, by the catalog's mappings; what is made fits its schema.
 */
final class Translator {
  /** What came of it. */
  sealed interface Translation {
    record Translated(Event event) implements Translation {}

    record Unmapped() implements Translation {}

    /**
     * @param attempted the event that it would have been, if it came so far
     */
    record Impossible(Problem problem, String why, Optional<Event> attempted)
        implements Translation {
      Impossible(Problem problem, String why) {
        this(problem, why, Optional.empty());
      }
    }
  }

  private final EventReader reader;
  private final Clock clock;
  private final EventCodec codec = new EventCodec();

  Translator(EventSchemas schemas, Clock clock) {
    this.reader = new EventReader(schemas);
    this.clock = clock;
  }

  Translation translate(Element element) {
    Source source = element.delivery().source();
    if (element.type().isEmpty()) {
      return new Translation.Impossible(
          Problem.INVALID_REQUEST, "what the payload is about is not where the catalog says");
    }
    Mapping mapping = source.mappings().get(element.type());
    if (mapping == null) {
      return new Translation.Unmapped();
    }
    Optional<String> id =
        source.delivery().isEmpty()
            ? Optional.of(element.signedId())
            : new FieldReader(element.delivery().received(), element.payload())
                .findId(source.delivery().get());
    return id.isEmpty()
        ? new Translation.Impossible(
            Problem.INVALID_REQUEST, "the delivery's id is not where the catalog says")
        : validate(event(element, id.get(), mapping));
  }

  private Event event(Element element, String delivery, Mapping mapping) {
    EventId id = element.deriveId(delivery, "ingest");
    Event.Metadata metadata =
        new Event.Metadata(
            element.delivery().source().name().value(),
            new CorrelationId(id.value()),
            Optional.empty(),
            1);
    return new Event(
        id,
        mapping.eventType(),
        clock.instant(),
        FieldMapper.dataOf(mapping, element.payload()),
        metadata);
  }

  private Translation validate(Event event) {
    // Validated as it will be on the bus.
    byte[] written = codec.write(event).getBytes(UTF_8);
    if (written.length > Ingest.MAX_EVENT_BYTES) {
      return impossible(
          event,
          "the event has "
              + written.length
              + " bytes; at most "
              + Ingest.MAX_EVENT_BYTES
              + " can be published");
    }
    return switch (reader.read(written)) {
      case EventReader.Reading.NotJson(var why) ->
          impossible(event, "what was mapped is not an event: " + why);
      case EventReader.Reading.Invalid(var validation) -> impossible(event, validation.problem());
      case EventReader.Reading.Valid _ -> new Translation.Translated(event);
    };
  }

  private static Translation impossible(Event event, String why) {
    return new Translation.Impossible(Problem.INVALID_EVENT, why, Optional.of(event));
  }
}

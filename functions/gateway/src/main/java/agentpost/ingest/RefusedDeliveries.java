package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.event.Truncation;
import agentpost.http.Problem;
import agentpost.platform.LogFields;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Optional;

/**
 * Keeps what was signed and cannot become an event: {@code ingest.refused}, on the bus and so in
 * its archive, with the payload. Some third parties send again for days and some never; what is
 * refused is wrong here as often as there, and then it is needed once the catalog is mended. A
 * delivery is kept once, however often it comes, and refused each time.
 */
final class RefusedDeliveries {
  private static final String TYPE = "ingest.refused";
  private static final String TOO_LARGE = "too large to be kept";
  private static final int MAX_REASON_LENGTH = 2048;
  private static final int MAX_CONTENT_TYPE_LENGTH = 256;

  private final Ingest.Parts parts;
  private final EventCodec codec = new EventCodec();

  RefusedDeliveries(Ingest.Parts parts) {
    this.parts = parts;
  }

  /**
   * Nothing if it is more than can be published.
   *
   * @param attempted the event that it would have been, if it came so far
   */
  Optional<Event> event(Element element, String why, Optional<Event> attempted) {
    return Optional.of(toEvent(element, why, attempted))
        .filter(event -> codec.write(event).getBytes(UTF_8).length <= Ingest.MAX_EVENT_BYTES);
  }

  void countKept(Element element, EventId id) {
    count(element, "IngestRefused", "kept", id.value());
  }

  /** Nothing takes it. Its sender is told, and so is whoever hears of the alarm. */
  HandledElement refuseTooLarge(Element element, Problem problem, String why) {
    count(element, "IngestRefused", "kept", TOO_LARGE);
    return new HandledElement(element, new ElementOutcome.Refused(problem, why))
        .with(LogFields.of("kept", TOO_LARGE));
  }

  /** Has a type, which the catalog does not have: what was not asked for. */
  ElementOutcome refuseUnmapped(Element element) {
    // The type is a property only: whoever sends chooses it, and each value of a dimension is a
    // metric that is paid for.
    count(element, "IngestUnmapped", "type", element.shownType());
    return switch (element.delivery().source().unmapped()) {
      case ACKNOWLEDGED -> new ElementOutcome.Unmapped();
      case REFUSED ->
          new ElementOutcome.Refused(
              Problem.INVALID_REQUEST, "there is no mapping for this type of payload");
    };
  }

  private Event toEvent(Element element, String why, Optional<Event> attempted) {
    String name = element.delivery().source().name().value();
    EventId id = element.deriveId(element.signedId(), TYPE);
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("reason", Truncation.truncate(why, MAX_REASON_LENGTH));
    if (!element.type().isEmpty()) {
      data.put("type", element.shownType());
    }
    attempted.ifPresent(event -> data.put("event_type", event.type()));
    element
        .delivery()
        .received()
        .header("Content-Type")
        .ifPresent(
            type -> data.put("content_type", Truncation.truncate(type, MAX_CONTENT_TYPE_LENGTH)));
    body(data, element.body());
    return new Event(
        id,
        TYPE,
        parts.clock().instant(),
        data,
        new Event.Metadata(name, new CorrelationId(id.value()), Optional.empty(), 1));
  }

  /** As it was if it is text, so that people can read it in the log of all events. */
  private static void body(ObjectNode data, byte[] body) {
    try {
      data.put("encoding", "text")
          .put("body", UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      data.put("encoding", "base64").put("body", Base64.getEncoder().encodeToString(body));
    }
  }

  private void count(Element element, String metric, String property, String value) {
    parts
        .log()
        .accept(
            parts
                .counter(metric, element.delivery().source())
                .property(property, value)
                .property("bytes", element.body().length)
                .text());
  }
}

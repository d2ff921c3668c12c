package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.http.Response;
import agentpost.metrics.MetricLine;
import agentpost.publish.Publisher;
import agentpost.webhook.Claims;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Keeps what was signed and cannot become an event: {@code ingest.refused}, on the bus and so in its archive, with the payload. Some third parties send
 * again for days and some never; what is refused is wrong here as often as there, and then it is needed once the catalog is mended. A delivery is kept
 * once, however often it comes, and refused each time.
 */
final class Refusals {
  private static final String TYPE = "ingest.refused";
  private static final int LONGEST_REASON = 2048;
  private static final int LONGEST_CONTENT_TYPE = 256;

  private final Ingest.Parts parts;
  private final EventCodec codec = new EventCodec();

  Refusals(Ingest.Parts parts) {
    this.parts = parts;
  }

  /** The answer to the third party: what was wrong, or that it is to come again since it could not be kept now. */
  Response keep(Ingest.Delivery delivery, Problem problem, String why) {
    Event event = event(delivery, why);
    if (codec.write(event).getBytes(UTF_8).length > Ingest.LARGEST_EVENT) {
      // Nothing takes it. Its sender is told, and so is whoever hears of the alarm.
      return counted(delivery, problem, why, "too large to be kept");
    }
    Claims claims = parts.claims().apply(delivery.source().name());
    return switch (claims.take(event.id(), delivery.remaining().plus(Ingest.LEASE_MARGIN))) {
      case Claims.Claim.Mine(var owner) -> {
        if (parts.publisher().publish(List.of(event)) instanceof Publisher.Publication.Failed(var reasons)) {
          claims.release(event.id(), owner);
          yield Ingest.tryAgain("what is refused could not be kept", String.join("; ", reasons), delivery.line());
        }
        claims.done(event.id(), owner);
        yield counted(delivery, problem, why, event.id().value());
      }
      case Claims.Claim.Done _ -> refused(delivery, problem, why, event.id().value());
      case Claims.Claim.Held _ -> Ingest.tryAgain("another attempt at this delivery is under way", "held", delivery.line());
      case Claims.Claim.Unavailable(var reason) -> Ingest.tryAgain("the claim could not be taken", reason, delivery.line());
    };
  }

  private Event event(Ingest.Delivery delivery, String why) {
    String name = delivery.source().name().value();
    EventId cause = new EventId(HexFormat.of().formatHex(Digest.sha256(delivery.id().getBytes(UTF_8))));
    EventId id = EventId.derived(name, cause, TYPE);
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("reason", cut(why, LONGEST_REASON));
    for (String known : List.of("type", "event_type")) {
      Optional.of(delivery.line().path(known).asText()).filter(text -> !text.isEmpty()).ifPresent(text -> data.put(known, text));
    }
    delivery.received().header("Content-Type").ifPresent(type -> data.put("content_type", cut(type, LONGEST_CONTENT_TYPE)));
    body(data, delivery.received().body());
    return new Event(id, TYPE, parts.clock().instant(), data, new Event.Metadata(name, new CorrelationId(id.value()), Optional.empty(), 1));
  }

  /** As it was if it is text, so that people can read it in the log of all events. */
  private static void body(ObjectNode data, byte[] body) {
    try {
      data.put("encoding", "text").put("body", UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      data.put("encoding", "base64").put("body", Base64.getEncoder().encodeToString(body));
    }
  }

  private Response counted(Ingest.Delivery delivery, Problem problem, String why, String kept) {
    LinkedHashMap<String, String> dimensions = new LinkedHashMap<>();
    dimensions.put("Bus", parts.bus());
    dimensions.put("Source", delivery.source().name().value());
    parts.log().accept(new MetricLine(parts.clock().instant(), dimensions).metric("IngestRefused", 1, "Count").property("kept", kept).text());
    return refused(delivery, problem, why, kept);
  }

  private static Response refused(Ingest.Delivery delivery, Problem problem, String why, String kept) {
    return Ingest.refused(problem, why, delivery.line().put("kept", kept));
  }

  /** By characters as the schema counts them, and never between the halves of one. */
  static String cut(String text, int most) {
    return text.codePointCount(0, text.length()) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most));
  }
}

package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import agentpost.webhook.Claims;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * {@code POST /ingest/{source}}: verify, parse, translate, validate, claim, publish, mark done. Nothing is read before the signature holds; a
 * delivery counts as done only when its event is on the bus, and has the same event id however often it comes.
 */
final class Ingest {
  /** As the agents' doors have it, and well under EventBridge's own limit once mapped. */
  static final int LARGEST_BODY = 1024 * 1024;

  private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofSeconds(5);

  /** @param claims of this source alone */
  record Parts(Source source, SourceKeys keys, EventSchemas schemas, Claims claims, Publisher publisher, Clock clock, Consumer<String> log) {}

  private final Parts parts;
  private final EventCodec codec = new EventCodec();

  Ingest(Parts parts) {
    this.parts = parts;
  }

  /** @param remaining until the function is stopped */
  Response receive(Request request, Duration remaining) {
    long start = parts.clock().millis();
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("message", "ingest").put("source", parts.source().name().value()).put("bytes", request.body().length).put("source_ip", request.sourceIp());
    Response response = verified(new Received(parts.source().url(), request.headers(), request.body()), remaining, line);
    line.put("status", response.status()).put("duration_ms", parts.clock().millis() - start);
    parts.log().accept(line.toString());
    return response;
  }

  private Response verified(Received received, Duration remaining, ObjectNode line) {
    if (received.body().length > LARGEST_BODY) {
      return refused(Problem.TOO_LARGE, "the body has " + received.body().length + " bytes; at most 1048576 are taken", line);
    }
    return switch (parts.keys().of(parts.source(), new Freshness(parts.clock(), Freshness.DEFAULT_TOLERANCE))) {
      case SourceKeys.Lookup.Unusable(var why) -> tryAgain("the source's secret cannot be used", why, line);
      case SourceKeys.Lookup.Unavailable(var why) -> tryAgain("the source's secret cannot be read now", why, line);
      case SourceKeys.Lookup.Found(var verifier) ->
          switch (verifier.verify(received)) {
            case SourceVerification.Accepted _ -> parsed(received, remaining, line);
            case SourceVerification.BadSignature _ -> refused(Problem.FORBIDDEN, "the signature is not one of this body by a live secret", line);
            case SourceVerification.Stale(_, var tolerance) ->
                refused(Problem.FORBIDDEN, "the timestamp is more than " + tolerance.toSeconds() + " s off", line);
            case SourceVerification.Malformed(var why) -> refused(Problem.FORBIDDEN, why, line);
          };
    };
  }

  private Response parsed(Received received, Duration remaining, ObjectNode line) {
    return switch (codec.parse(received.body())) {
      case EventCodec.Parsed.NotJson(var why) -> refused(Problem.INVALID_REQUEST, why, line);
      case EventCodec.Parsed.Json(var payload, _) -> translated(received, payload, remaining, line);
    };
  }

  private Response translated(Received received, ObjectNode payload, Duration remaining, ObjectNode line) {
    Optional<String> type = parts.source().type().in(received, payload);
    Optional<Mapping> mapping = type.flatMap(name -> Optional.ofNullable(parts.source().mappings().get(name)));
    line.put("type", type.orElse(""));
    if (parts.source().scheme().equals(new SourceScheme.Known(Provider.SLACK)) && payload.path("type").asText().equals("url_verification")) {
      line.put("outcome", "challenge-answered");
      return Response.json(200, JsonNodeFactory.instance.objectNode().put("challenge", payload.path("challenge").asText()).toString());
    }
    if (mapping.isEmpty()) {
      return switch (parts.source().unmapped()) {
        case ACKNOWLEDGED -> accepted("unmapped", Optional.empty(), line);
        case REFUSED -> refused(Problem.INVALID_REQUEST, "there is no mapping for this type of payload", line);
      };
    }
    Optional<Event> event = parts.source().delivery().in(received, payload).flatMap(delivery -> event(delivery, mapping.get(), payload));
    if (event.isEmpty()) {
      return refused(Problem.INVALID_REQUEST, "the delivery's id is missing, or is not 1 to 128 of A-Z a-z 0-9 . _ : -", line);
    }
    line.put("event_id", event.get().id().value()).put("event_type", event.get().type());
    // Validated as it will be on the bus.
    if (!(codec.parse(codec.write(event.get()).getBytes(UTF_8)) instanceof EventCodec.Parsed.Json(var envelope, _))) {
      return refused(Problem.INVALID_EVENT, "what was mapped is no event", line);
    }
    Validation validation = parts.schemas().validate(envelope);
    return validation instanceof Validation.Valid ? claimed(event.get(), remaining, line) : refused(Problem.INVALID_EVENT, validation.problem(), line);
  }

  private Optional<Event> event(String delivery, Mapping mapping, ObjectNode payload) {
    try {
      EventId cause = new EventId(delivery);
      EventId id = EventId.derived(parts.source().name().value(), cause, mapping.eventType());
      Event.Metadata metadata =
          new Event.Metadata(parts.source().name().value(), new CorrelationId(id.value()), Optional.empty(), 1);
      return Optional.of(new Event(id, mapping.eventType(), parts.clock().instant(), mapping.dataOf(payload), metadata));
    } catch (IllegalArgumentException _) {
      // The one thing here that the third party chose is the delivery's id.
      return Optional.empty();
    }
  }

  private Response claimed(Event event, Duration remaining, ObjectNode line) {
    return switch (parts.claims().take(event.id(), remaining.plus(LEASE_MARGIN))) {
      case Claims.Claim.Mine(var owner) -> published(event, owner, line);
      case Claims.Claim.Done _ -> accepted("already-done", Optional.of(event.id()), line);
      case Claims.Claim.Held _ -> tryAgain("another attempt at this delivery is under way", "held", line);
      case Claims.Claim.Unavailable(var why) -> tryAgain("the claim could not be taken", why, line);
    };
  }

  private Response published(Event event, String owner, ObjectNode line) {
    if (parts.publisher().publish(List.of(event)) instanceof Publisher.Publication.Failed(var reasons)) {
      parts.claims().release(event.id(), owner);
      return tryAgain("the event did not get onto the bus", String.join("; ", reasons), line);
    }
    // If this fails the delivery is published again when it comes again, with the same id; agents' claims make that harmless.
    line.put("claim_done", parts.claims().done(event.id(), owner));
    return accepted("published", Optional.of(event.id()), line);
  }

  private static Response accepted(String outcome, Optional<EventId> id, ObjectNode line) {
    line.put("outcome", outcome);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    id.ifPresentOrElse(event -> body.putArray("event_ids").add(event.value()), () -> body.putArray("event_ids"));
    return Response.json(202, body.toString());
  }

  private static Response refused(Problem problem, String why, ObjectNode line) {
    line.put("outcome", problem.type().substring(problem.type().lastIndexOf(':') + 1)).put("reason", why);
    return problem.because(why);
  }

  private static Response tryAgain(String why, String reason, ObjectNode line) {
    line.put("outcome", "try-again").put("detail", why).put("reason", reason);
    return Problem.TRY_AGAIN.because(why).retryAfter(SOON);
  }
}

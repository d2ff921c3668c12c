package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.event.EventReader;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.metrics.MetricLine;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.webhook.Claims;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code POST /ingest/{source}}: verify, parse, translate, validate, claim, publish, mark done. Nothing is read before the signature holds; a
 * delivery counts as done only when its event is on the bus, and has the same event id however often it comes (ADR 13).
 */
final class Ingest {
  /** As the agents' doors have it. */
  static final int LARGEST_BODY = 1024 * 1024;

  /** PutEvents takes less than 1 MB, its own fields included; what it would refuse always must not be asked for again and again. */
  static final int LARGEST_EVENT = 900_000;

  private static final int LONGEST_TYPE_SHOWN = 100;
  static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  private static final Duration SOON = Duration.ofSeconds(5);

  /** @param claims of a source alone */
  record Parts(
      SourceKeys keys, EventSchemas schemas, Function<AgentName, Claims> claims, Publisher publisher, String bus, Clock clock, Consumer<String> log) {}

  /** A request whose signature held, and what is said of it. */
  record Delivery(Source source, Received received, String id, Duration remaining, ObjectNode line) {}

  private final Parts parts;
  private final Refusals refusals;
  private final EventReader reader;
  private final EventCodec codec = new EventCodec();

  Ingest(Parts parts) {
    this.parts = parts;
    this.refusals = new Refusals(parts);
    this.reader = new EventReader(parts.schemas());
  }

  /** @param remaining until the function is stopped */
  Response receive(Source source, Request request, Duration remaining) {
    Received received = new Received(CalledUrl.of(source.url(), request.query()), request.headers(), request.body());
    return logged(request, source.name().value(), line -> verified(source, received, remaining, line));
  }

  /** The source is in the catalog, and what it says cannot be had. */
  Response unusable(Request request, String why) {
    return logged(request, request.pathParameters().getOrDefault("source", ""), line -> tryAgain("the source cannot be read", why, line));
  }

  /** Before the snapshot: a forged request at a source, and whatever comes behind a signature that leaves nothing behind. */
  void rehearse(Optional<Source> source) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    byte[] body = "{}".getBytes(UTF_8);
    source.ifPresent(known -> verified(known, new Received(known.url(), Map.of(), body), Duration.ZERO, line));
    Form.parse(body);
    EventId id = new EventId("rehearsal");
    parts.schemas().validate(JsonNodeFactory.instance.objectNode().put("event_type", parts.schemas().eventTypes().first()));
    parts.claims().apply(new AgentName("rehearsal")).release(id, "nobody");
  }

  private Response logged(Request request, String source, Function<ObjectNode, Response> answer) {
    long start = parts.clock().millis();
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("message", "ingest").put("source", source).put("bytes", request.body().length).put("source_ip", request.sourceIp());
    Response response = answer.apply(line);
    line.put("status", response.status()).put("duration_ms", parts.clock().millis() - start);
    parts.log().accept(line.toString());
    return response;
  }

  private Response verified(Source source, Received received, Duration remaining, ObjectNode line) {
    if (received.body().length > LARGEST_BODY) {
      return refused(Problem.TOO_LARGE, "the body has " + received.body().length + " bytes; at most " + LARGEST_BODY + " are taken", line);
    }
    Freshness freshness = new Freshness(parts.clock(), Freshness.DEFAULT_TOLERANCE);
    return switch (parts.keys().of(source, freshness)) {
      case SourceKeys.Lookup.Unusable(var why) -> tryAgain("the source's secret cannot be used", why, line);
      case SourceKeys.Lookup.Unavailable(var why) -> tryAgain("the source's secret cannot be read now", why, line);
      case SourceKeys.Lookup.Found(var verifier) ->
          switch (again(source, received, freshness, verifier.verify(received))) {
            case SourceVerification.Accepted(var id) -> {
              String signed = id.orElseGet(() -> HexFormat.of().formatHex(Digest.sha256(verifier.covered(received))));
              yield parsed(new Delivery(source, received, signed, remaining, line));
            }
            case SourceVerification.BadSignature _ -> refused(Problem.FORBIDDEN, "the signature is not one of this body by a live secret", line);
            case SourceVerification.Stale(_, var tolerance) ->
                refused(Problem.FORBIDDEN, "the timestamp is more than " + tolerance.toSeconds() + " s off", line);
            case SourceVerification.Malformed(var why) -> refused(Problem.FORBIDDEN, why, line);
          };
    };
  }

  /** What fits no key once more, with the keys as they are now. */
  private SourceVerification again(Source source, Received received, Freshness freshness, SourceVerification first) {
    return first instanceof SourceVerification.BadSignature && parts.keys().latest(source, freshness) instanceof SourceKeys.Lookup.Found(var now)
        ? now.verify(received)
        : first;
  }

  private Response parsed(Delivery delivery) {
    String type = delivery.received().header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (type.startsWith("application/x-www-form-urlencoded")) {
      return switch (Form.parse(delivery.received().body())) {
        case Form.Parsed.NoForm(var why) -> refusals.keep(delivery, Problem.INVALID_REQUEST, why);
        case Form.Parsed.Read(var form) -> translated(delivery, inside(form));
      };
    }
    return switch (codec.parse(delivery.received().body())) {
      case EventCodec.Parsed.NotJson(var why) -> refusals.keep(delivery, Problem.INVALID_REQUEST, why);
      case EventCodec.Parsed.Json(var payload, _) -> translated(delivery, payload);
    };
  }

  /** Slack's interactions, and GitHub's webhooks if so set, are a form of one parameter, {@code payload}, which is JSON. */
  private ObjectNode inside(ObjectNode form) {
    return form.size() == 1 && form.has("payload") && codec.parse(form.path("payload").asText().getBytes(UTF_8)) instanceof EventCodec.Parsed.Json(var payload, _)
        ? payload
        : form;
  }

  private Response translated(Delivery delivery, ObjectNode payload) {
    Source source = delivery.source();
    if (source.scheme().equals(new SourceScheme.Known(Provider.SLACK)) && payload.path("type").asText().equals("url_verification")) {
      delivery.line().put("outcome", "challenge-answered");
      return Response.json(200, JsonNodeFactory.instance.objectNode().put("challenge", payload.path("challenge").asText()).toString());
    }
    String type = source.type().in(delivery.received(), payload).orElse("");
    delivery.line().put("type", Refusals.cut(type, LONGEST_TYPE_SHOWN));
    Optional<Mapping> mapping = Optional.ofNullable(source.mappings().get(type));
    if (mapping.isEmpty()) {
      return unmapped(delivery);
    }
    Optional<String> id = source.delivery().isEmpty() ? Optional.of(delivery.id()) : source.delivery().get().in(delivery.received(), payload);
    return id.isEmpty()
        ? refusals.keep(delivery, Problem.INVALID_REQUEST, "the delivery's id is not where the catalog says")
        : validated(delivery, event(source, id.get(), mapping.get(), payload));
  }

  private Response unmapped(Delivery delivery) {
    LinkedHashMap<String, String> dimensions = new LinkedHashMap<>();
    dimensions.put("Bus", parts.bus());
    dimensions.put("Source", delivery.source().name().value());
    // The type is a property only: whoever sends chooses it, and each value of a dimension is a metric that is paid for.
    String type = delivery.line().path("type").asText();
    parts.log().accept(new MetricLine(parts.clock().instant(), dimensions).metric("IngestUnmapped", 1, "Count").property("type", type).text());
    return switch (delivery.source().unmapped()) {
      case ACKNOWLEDGED -> accepted("unmapped", Optional.empty(), delivery.line());
      case REFUSED -> refused(Problem.INVALID_REQUEST, "there is no mapping for this type of payload", delivery.line());
    };
  }

  /** Its id is the delivery's alone: a type that is not signed cannot make two events of one body. */
  private Event event(Source source, String delivery, Mapping mapping, ObjectNode payload) {
    String name = source.name().value();
    // Providers' ids have any form and length.
    EventId cause = new EventId(HexFormat.of().formatHex(Digest.sha256(delivery.getBytes(UTF_8))));
    EventId id = EventId.derived(name, cause, "ingest");
    Event.Metadata metadata = new Event.Metadata(name, new CorrelationId(id.value()), Optional.empty(), 1);
    return new Event(id, mapping.eventType(), parts.clock().instant(), mapping.dataOf(payload), metadata);
  }

  private Response validated(Delivery delivery, Event event) {
    ObjectNode line = delivery.line();
    line.put("event_id", event.id().value()).put("event_type", event.type());
    // Validated as it will be on the bus.
    byte[] written = codec.write(event).getBytes(UTF_8);
    if (written.length > LARGEST_EVENT) {
      return refusals.keep(delivery, Problem.INVALID_EVENT, "the event has " + written.length + " bytes; at most " + LARGEST_EVENT + " can be published");
    }
    return switch (reader.read(written)) {
      case EventReader.Reading.NotJson(var why) -> refusals.keep(delivery, Problem.INVALID_EVENT, "what was mapped is no event: " + why);
      case EventReader.Reading.Invalid(var validation) -> refusals.keep(delivery, Problem.INVALID_EVENT, validation.problem());
      case EventReader.Reading.Valid _ -> claimed(delivery, event);
    };
  }

  private Response claimed(Delivery delivery, Event event) {
    Claims claims = parts.claims().apply(delivery.source().name());
    return switch (claims.take(event.id(), delivery.remaining().plus(LEASE_MARGIN))) {
      case Claims.Claim.Mine(var owner) -> published(event, claims, owner, delivery.line());
      case Claims.Claim.Done _ -> accepted("already-done", Optional.of(event.id()), delivery.line());
      case Claims.Claim.Held _ -> tryAgain("another attempt at this delivery is under way", "held", delivery.line());
      case Claims.Claim.Unavailable(var why) -> tryAgain("the claim could not be taken", why, delivery.line());
    };
  }

  private Response published(Event event, Claims claims, String owner, ObjectNode line) {
    if (parts.publisher().publish(List.of(event)) instanceof Publisher.Publication.Failed(var reasons)) {
      claims.release(event.id(), owner);
      return tryAgain("the event did not get onto the bus", String.join("; ", reasons), line);
    }
    // If this fails the delivery is published again when it comes again, with the same id; agents' claims make that harmless.
    line.put("claim_done", claims.done(event.id(), owner));
    return accepted("published", Optional.of(event.id()), line);
  }

  private static Response accepted(String outcome, Optional<EventId> id, ObjectNode line) {
    line.put("outcome", outcome);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    id.ifPresentOrElse(event -> body.putArray("event_ids").add(event.value()), () -> body.putArray("event_ids"));
    return Response.json(202, body.toString());
  }

  static Response refused(Problem problem, String why, ObjectNode line) {
    line.put("outcome", problem.type().substring(problem.type().lastIndexOf(':') + 1)).put("reason", why);
    return problem.because(why);
  }

  static Response tryAgain(String why, String reason, ObjectNode line) {
    line.put("outcome", "try-again").put("detail", why).put("reason", reason);
    return Problem.TRY_AGAIN.because(why).retryAfter(SOON);
  }
}

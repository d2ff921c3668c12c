package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.metrics.MetricLine;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code POST /ingest/{source}}: verify, read, hand over. Nothing is read before the signature
 * holds; whatever was signed then ends as events, as a count of what has no mapping, or kept as
 * {@code ingest.refused}.
 */
final class Ingest {
  /** As the agents' doors have it. */
  static final int MAX_BODY_BYTES = 1024 * 1024;

  /**
   * PutEvents takes less than 1 MB, its own fields included; what it would refuse always must not
   * be asked for again and again.
   */
  static final int MAX_EVENT_BYTES = 900_000;

  static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  /** Left for the answer, of the time until the function is stopped. */
  private static final Duration FINISH_RESERVE = Duration.ofSeconds(3);

  /**
   * @param claims of a source alone
   */
  record Parts(
      SourceVerifiers keys,
      EventSchemas schemas,
      Function<AgentName, ClaimStore> claims,
      Publisher publisher,
      String bus,
      Clock clock,
      Consumer<String> log) {
    /** A metric's line that says "one more" of a source. */
    MetricLine counter(String metric, Source source) {
      LinkedHashMap<String, String> dimensions = new LinkedHashMap<>();
      dimensions.put("Bus", bus);
      dimensions.put("Source", source.name().value());
      return new MetricLine(clock.instant(), dimensions).metric(metric, 1, "Count");
    }
  }

  /** A request whose signature held, and what is said of it. */
  record Delivery(
      Source source, SignedRequest received, String id, Duration remaining, ObjectNode line) {}

  /**
   * @param verifier whose secrets they were held against
   */
  private record Held(SourceVerifier verifier, SourceVerification verification) {}

  private final Parts parts;
  private final PayloadReader reader = new PayloadReader();
  private final RefusedDeliveries refusals;
  private final DeliveryPublisher handover;

  Ingest(Parts parts) {
    this.parts = parts;
    this.refusals = new RefusedDeliveries(parts);
    this.handover = new DeliveryPublisher(parts, refusals);
  }

  /**
   * @param remaining until the function is stopped
   */
  Response receive(Source source, Request request, Duration remaining) {
    SignedRequest received =
        new SignedRequest(
            SignedUrlCandidates.of(source.url(), request.query()),
            request.headers(),
            request.body());
    return withLog(
        request, source.name().value(), line -> verify(source, received, remaining, line));
  }

  /** The source is in the catalog, and what it says cannot be had. */
  Response answerUnusable(Request request, String why) {
    return withLog(
        request,
        request.pathParameters().getOrDefault("source", ""),
        line -> tryAgain("the source cannot be read", why, line));
  }

  /** Says in the log whether a source's secret can be used, before anybody needs it. */
  void check(Source source) {
    switch (parts
        .keys()
        .of(source, new TimestampPolicy(parts.clock(), TimestampPolicy.DEFAULT_TOLERANCE))) {
      case SourceVerifiers.Lookup.Unusable(var why) -> countUnusable(source, why);
      case SourceVerifiers.Lookup.Found(_, var notice) ->
          notice.ifPresent(text -> parts.log().accept(explainNotReady(source, "notice", text)));
      case SourceVerifiers.Lookup.Unavailable(var why) ->
          parts.log().accept(explainNotReady(source, "reason", why));
    }
  }

  /**
   * Before the snapshot: a forged request at a source, and whatever comes behind a signature that
   * leaves nothing behind.
   */
  void rehearse(Optional<Source> source) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    byte[] body = "{}".getBytes(UTF_8);
    source.ifPresent(
        known ->
            verify(known, new SignedRequest(known.url(), Map.of(), body), Duration.ZERO, line));
    Form.parse(body);
    EventId id = new EventId("rehearsal");
    parts
        .schemas()
        .validate(
            JsonNodeFactory.instance
                .objectNode()
                .put("event_type", parts.schemas().eventTypes().first()));
    parts.claims().apply(new AgentName("rehearsal")).release(id, "nobody");
  }

  private Response withLog(Request request, String source, Function<ObjectNode, Response> answer) {
    long start = parts.clock().millis();
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("message", "ingest")
        .put("source", source)
        .put("bytes", request.body().length)
        .put("source_ip", request.sourceIp());
    Response response = answer.apply(line);
    line.put("status", response.status()).put("duration_ms", parts.clock().millis() - start);
    parts.log().accept(line.toString());
    return response;
  }

  private Response verify(
      Source source, SignedRequest received, Duration remaining, ObjectNode line) {
    TimestampPolicy freshness =
        new TimestampPolicy(parts.clock(), TimestampPolicy.DEFAULT_TOLERANCE);
    return switch (parts.keys().of(source, freshness)) {
      case SourceVerifiers.Lookup.Unusable(var why) -> {
        countUnusable(source, why);
        yield tryAgain("the source's secret cannot be used", why, line);
      }
      case SourceVerifiers.Lookup.Unavailable(var why) ->
          tryAgain("the source's secret cannot be read now", why, line);
      case SourceVerifiers.Lookup.Found found -> {
        Held held =
            verifyAgain(
                source,
                received,
                freshness,
                new Held(found.verifier(), found.verifier().verify(received)));
        Problem forbidden = source.answer().forbiddenProblem();
        yield switch (held.verification()) {
          case SourceVerification.Accepted(var id) -> {
            String signed =
                id.orElseGet(
                    () ->
                        HexFormat.of()
                            .formatHex(Digest.sha256(held.verifier().signedContent(received))));
            yield checkSize(new Delivery(source, received, signed, remaining, line));
          }
          case SourceVerification _ when received.body().length > MAX_BODY_BYTES ->
              refuse(Problem.TOO_LARGE, explainTooLarge(received), line);
          case SourceVerification.Unsigned(var why) -> refuse(forbidden, why, line);
          case SourceVerification.BadSignature _ -> {
            found
                .notice()
                .ifPresent(
                    notice -> {
                      line.put("notice", notice);
                      countUnusable(source, notice);
                    });
            yield refuse(forbidden, "the signature is not one of this body by a live secret", line);
          }
          case SourceVerification.Stale(_, var tolerance) ->
              refuse(
                  forbidden,
                  "the timestamp is more than " + tolerance.toSeconds() + " s off",
                  line);
          case SourceVerification.Malformed(var why) ->
              refuse(source.answer().malformedProblem(), why, line);
        };
      }
    };
  }

  /** What fits no key once more, with the keys as they are now. */
  private Held verifyAgain(
      Source source, SignedRequest received, TimestampPolicy freshness, Held first) {
    return first.verification() instanceof SourceVerification.BadSignature
            && parts.keys().fetchLatest(source, freshness)
                instanceof SourceVerifiers.Lookup.Found now
        ? new Held(now.verifier(), now.verifier().verify(received))
        : first;
  }

  private static String explainTooLarge(SignedRequest received) {
    return "the body has "
        + received.body().length
        + " bytes; at most "
        + MAX_BODY_BYTES
        + " are taken";
  }

  /**
   * What a stranger sends costs its hash; what is counted was signed, so that nobody else can ring
   * the alarm.
   */
  private Response checkSize(Delivery delivery) {
    return delivery.received().body().length > MAX_BODY_BYTES
        ? answer(
            delivery,
            List.of(
                refusals.refuseTooLarge(
                    asElement(delivery), Problem.TOO_LARGE, explainTooLarge(delivery.received()))))
        : read(delivery);
  }

  private Response read(Delivery delivery) {
    return switch (reader.read(delivery.received())) {
      case PayloadReader.Parsed.Unreadable(var why) -> refuseUnreadable(delivery, why);
      case PayloadReader.Parsed.Read(var payload)
          when isChallenge(delivery.source(), payload) && !payload.path("challenge").isTextual() ->
          refuseUnreadable(delivery, "/challenge must be a text");
      case PayloadReader.Parsed.Read(var payload) when isChallenge(delivery.source(), payload) -> {
        delivery.line().put("outcome", "challenge-answered");
        yield Response.json(
            200,
            JsonNodeFactory.instance
                .objectNode()
                .put("challenge", payload.path("challenge").textValue())
                .toString());
      }
      case PayloadReader.Parsed.Read(var payload) ->
          switch (reader.events(payload, delivery.source().each())) {
            case PayloadReader.Events.NotThere(var why) -> refuseUnreadable(delivery, why);
            case PayloadReader.Events.Found(var payloads) -> handOver(delivery, payloads);
          };
    };
  }

  private static boolean isChallenge(Source source, JsonNode payload) {
    return source.scheme() instanceof SourceScheme.Known(var provider)
        && provider.isChallenge(payload);
  }

  private Response refuseUnreadable(Delivery delivery, String why) {
    return answer(
        delivery, List.of(handover.refuse(asElement(delivery), Problem.INVALID_REQUEST, why)));
  }

  private static Element asElement(Delivery delivery) {
    return new Element(
        delivery, MissingNode.getInstance(), "", OptionalInt.empty(), delivery.line());
  }

  private Response handOver(Delivery delivery, List<JsonNode> payloads) {
    boolean isOne = delivery.source().each().isEmpty();
    List<Element> elements = new ArrayList<>();
    for (JsonNode payload : payloads) {
      OptionalInt number = isOne ? OptionalInt.empty() : OptionalInt.of(elements.size() + 1);
      String type =
          new FieldReader(delivery.received(), payload)
              .findText(delivery.source().type())
              .orElse("");
      elements.add(
          new Element(
              delivery,
              payload,
              type,
              number,
              isOne ? delivery.line() : ofOne(delivery, number.getAsInt())));
    }
    List<ElementOutcome> takings =
        handover.take(
            elements, parts.clock().instant().plus(delivery.remaining()).minus(FINISH_RESERVE));
    if (!isOne) {
      for (int i = 0; i < elements.size(); i++) {
        parts.log().accept(takings.get(i).note(elements.get(i).line()).toString());
      }
    }
    return answer(delivery, takings);
  }

  private static ObjectNode ofOne(Delivery delivery, int number) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("message", "ingest event")
        .put("source", delivery.source().name().value())
        .put("number", number);
  }

  private static Response answer(Delivery delivery, List<ElementOutcome> takings) {
    ObjectNode line = delivery.line();
    if (delivery.source().each().isPresent()) {
      line.put("events", takings.size());
    }
    ElementOutcome.findDecisive(takings)
        .ifPresentOrElse(taking -> taking.note(line), () -> line.put("outcome", "no-events"));
    return delivery.source().answer().to(takings);
  }

  private void countUnusable(Source source, String reason) {
    parts
        .log()
        .accept(parts.counter("IngestSecretUnusable", source).property("reason", reason).text());
  }

  private static String explainNotReady(Source source, String what, String why) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("message", "source not ready")
        .put("source", source.name().value())
        .put(what, why)
        .toString();
  }

  private static Response refuse(Problem problem, String why, ObjectNode line) {
    new ElementOutcome.Refused(problem, why).note(line);
    return problem.because(why);
  }

  private static Response tryAgain(String why, String reason, ObjectNode line) {
    ElementOutcome notNow = new ElementOutcome.NotNow(why, reason);
    notNow.note(line);
    return ReplyPolicy.retryLaterResponse(why);
  }
}

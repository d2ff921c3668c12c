package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.EventId;
import agentpost.event.Truncation;
import agentpost.http.Endpoint;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.http.SourceIpFilter;
import agentpost.metrics.MetricLine;
import agentpost.platform.LogFields;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.signing.Digest;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

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

  /** Of a name that the path has and no source. */
  private static final int MAX_NAME_SHOWN = 100;

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

  /** A request whose signature held. */
  record Delivery(Source source, SignedRequest received, String id, Duration remaining) {}

  /**
   * @param verifier whose secrets they were held against
   */
  private record Held(SourceVerifier verifier, SourceVerification verification) {}

  private final Parts parts;
  private final Endpoint endpoint;
  private final PayloadReader reader = new PayloadReader();
  private final RefusedDeliveries refusals;
  private final DeliveryPublisher handover;

  Ingest(Parts parts) {
    this.parts = parts;
    this.endpoint = new Endpoint("ingest", parts.clock(), parts.log());
    this.refusals = new RefusedDeliveries(parts);
    this.handover = new DeliveryPublisher(parts, refusals);
  }

  /** What API Gateway's requests come through on their way to {@link #receive}. */
  Endpoint endpoint() {
    return endpoint;
  }

  /**
   * @param sources where the path's source is looked up
   * @param remaining until the function is stopped
   */
  Response receive(
      Request request, Function<String, SourceDirectory.Entry> sources, Duration remaining) {
    return switch (sources.apply(request.pathParameters().getOrDefault("source", ""))) {
      case SourceDirectory.Entry.Known(var source) -> receive(source, request, remaining);
      case SourceDirectory.Entry.Unknown _ ->
          receive(
              request,
              () -> Reply.refuse(Problem.NO_SUCH_SOURCE, "there is no source of this name"));
      case SourceDirectory.Entry.Unusable(var why) -> answerUnusable(request, why);
      case SourceDirectory.Entry.Unavailable(var why) -> answerUnusable(request, why);
    };
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
    return receive(
        request,
        source.name().value(),
        new SourceIpFilter(source.from()),
        () -> verify(source, received, remaining));
  }

  /** The source is in the catalog, and what it says cannot be had. */
  Response answerUnusable(Request request, String why) {
    return receive(request, () -> tryAgain("the source cannot be read", why));
  }

  /** Of a source that is known by no more than what the path says. */
  private Response receive(Request request, Supplier<Reply> steps) {
    String name = request.pathParameters().getOrDefault("source", "");
    return receive(
        request, Truncation.truncate(name, MAX_NAME_SHOWN), SourceIpFilter.EVERYONE, steps);
  }

  private Response receive(
      Request request, String source, SourceIpFilter filter, Supplier<Reply> steps) {
    LogFields known = LogFields.of("source", source).with("source_ip", request.sourceIp());
    return endpoint.receive(request, new Endpoint.Rules(known, filter, OptionalInt.empty()), steps);
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
    byte[] body = "{}".getBytes(UTF_8);
    source.ifPresent(
        known -> verify(known, new SignedRequest(known.url(), Map.of(), body), Duration.ZERO));
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

  private Reply verify(Source source, SignedRequest received, Duration remaining) {
    TimestampPolicy freshness =
        new TimestampPolicy(parts.clock(), TimestampPolicy.DEFAULT_TOLERANCE);
    return switch (parts.keys().of(source, freshness)) {
      case SourceVerifiers.Lookup.Unusable(var why) -> {
        countUnusable(source, why);
        yield tryAgain("the source's secret cannot be used", why);
      }
      case SourceVerifiers.Lookup.Unavailable(var why) ->
          tryAgain("the source's secret cannot be read now", why);
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
                id.orElseGet(() -> Digest.sha256Hex(held.verifier().signedContent(received)));
            yield checkSize(new Delivery(source, received, signed, remaining));
          }
          case SourceVerification _ when received.body().length > MAX_BODY_BYTES ->
              Reply.refuse(
                  Problem.TOO_LARGE, Endpoint.explainTooLarge(received.body(), MAX_BODY_BYTES));
          case SourceVerification.Unsigned(var why) -> Reply.refuse(forbidden, why);
          case SourceVerification.BadSignature _ -> {
            found.notice().ifPresent(notice -> countUnusable(source, notice));
            yield Reply.refuse(forbidden, "the signature is not one of this body by a live secret")
                .with(
                    found
                        .notice()
                        .map(notice -> LogFields.of("notice", notice))
                        .orElse(LogFields.NONE));
          }
          case SourceVerification.Stale(_, var tolerance) ->
              Reply.refuse(
                  forbidden, "the timestamp is more than " + tolerance.toSeconds() + " s off");
          case SourceVerification.Malformed(var why) ->
              Reply.refuse(source.answer().malformedProblem(), why);
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

  /**
   * What a stranger sends costs its hash; what is counted was signed, so that nobody else can ring
   * the alarm.
   */
  private Reply checkSize(Delivery delivery) {
    return delivery.received().body().length > MAX_BODY_BYTES
        ? answer(
            delivery,
            List.of(
                refusals.refuseTooLarge(
                    asElement(delivery),
                    Problem.TOO_LARGE,
                    Endpoint.explainTooLarge(delivery.received().body(), MAX_BODY_BYTES))))
        : read(delivery);
  }

  private Reply read(Delivery delivery) {
    return switch (reader.read(delivery.received())) {
      case PayloadReader.Parsed.Unreadable(var why) -> refuseUnreadable(delivery, why);
      case PayloadReader.Parsed.Read(var payload)
          when isChallenge(delivery.source(), payload) && !payload.path("challenge").isTextual() ->
          refuseUnreadable(delivery, "/challenge must be a text");
      case PayloadReader.Parsed.Read(var payload) when isChallenge(delivery.source(), payload) ->
          Reply.answer(
              "challenge-answered",
              Response.json(
                  200,
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("challenge", payload.path("challenge").textValue())
                      .toString()));
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

  private Reply refuseUnreadable(Delivery delivery, String why) {
    return answer(
        delivery, List.of(handover.refuse(asElement(delivery), Problem.INVALID_REQUEST, why)));
  }

  private static Element asElement(Delivery delivery) {
    return new Element(delivery, MissingNode.getInstance(), "", OptionalInt.empty());
  }

  private Reply handOver(Delivery delivery, List<JsonNode> payloads) {
    boolean isOne = delivery.source().each().isEmpty();
    List<Element> elements = new ArrayList<>();
    for (JsonNode payload : payloads) {
      OptionalInt number = isOne ? OptionalInt.empty() : OptionalInt.of(elements.size() + 1);
      String type =
          new FieldReader(delivery.received(), payload)
              .findText(delivery.source().type())
              .orElse("");
      elements.add(new Element(delivery, payload, type, number));
    }
    List<HandledElement> handled =
        handover.take(
            elements, parts.clock().instant().plus(delivery.remaining()).minus(FINISH_RESERVE));
    if (!isOne) {
      handled.forEach(this::log);
    }
    return answer(delivery, handled);
  }

  private void log(HandledElement handled) {
    Element element = handled.element();
    parts
        .log()
        .accept(
            LogFields.of("source", element.delivery().source().name().value())
                .with("number", element.number().orElseThrow())
                .and(handled.fields())
                .with("outcome", handled.outcome().label())
                .and(handled.outcome().explanation())
                .toLine("ingest event"));
  }

  private static Reply answer(Delivery delivery, List<HandledElement> handled) {
    List<ElementOutcome> outcomes = handled.stream().map(HandledElement::outcome).toList();
    Optional<ElementOutcome> decisive = ElementOutcome.findDecisive(outcomes);
    LogFields fields =
        delivery.source().each().isPresent()
            ? LogFields.NONE.with("events", handled.size())
            : LogFields.NONE;
    // One of several has a line of its own.
    for (HandledElement one : handled) {
      fields = one.element().number().isPresent() ? fields : fields.and(one.fields());
    }
    return Reply.answer(
            decisive.map(ElementOutcome::label).orElse("no-events"),
            delivery.source().answer().to(outcomes))
        .with(fields.and(decisive.map(ElementOutcome::explanation).orElse(LogFields.NONE)));
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

  private static Reply tryAgain(String why, String reason) {
    return Reply.tryAgain(ReplyPolicy.RETRY_AFTER, why, reason);
  }
}

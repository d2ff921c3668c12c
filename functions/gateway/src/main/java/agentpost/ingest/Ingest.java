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

  private final Parts parts;
  private final Endpoint endpoint;
  private final SourceAuthenticator authenticator;
  private final PayloadReader reader = new PayloadReader();
  private final RefusedDeliveries refusals;
  private final DeliveryPublisher handover;

  Ingest(Parts parts) {
    this.parts = parts;
    this.endpoint = new Endpoint("ingest", parts.clock(), parts.log());
    this.authenticator = new SourceAuthenticator(parts);
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

  private Reply verify(Source source, SignedRequest received, Duration remaining) {
    return switch (authenticator.authenticate(source, received)) {
      case SourceAuthenticator.Authentication.Refused(var reply) -> reply;
      case SourceAuthenticator.Authentication.Accepted(var id) ->
          checkSize(new Delivery(source, received, id, remaining));
    };
  }

  /** The source is in the catalog, and what it says cannot be had. */
  Response answerUnusable(Request request, String why) {
    return receive(request, () -> SourceAuthenticator.tryAgain("the source cannot be read", why));
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
    authenticator.check(source);
  }

  /**
   * Before the snapshot: a forged request at a source, and whatever comes behind a signature that
   * leaves nothing behind.
   */
  void rehearse(Optional<Source> source) {
    byte[] body = "{}".getBytes(UTF_8);
    source.ifPresent(
        known -> authenticator.authenticate(known, new SignedRequest(known.url(), Map.of(), body)));
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
}

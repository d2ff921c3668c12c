package agentpost.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.event.EventReader;
import agentpost.http.Endpoint;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.http.SourceIpFilter;
import agentpost.platform.LogFields;
import agentpost.platform.PlatformLimits;
import agentpost.platform.StackTrace;
import agentpost.publish.EventValidator;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The steps around every hosted agent: verify, parse, validate, claim, act, publish, mark done. A
 * crash between any two of them loses nothing: an event is done only when its answers are on the
 * bus, and until then another attempt takes over.
 */
public final class Inbox {
  static final int MAX_BODY_BYTES = 1024 * 1024;

  /** EventBridge retries for 24 h; an hour is for clocks and for the last attempt itself. */
  private static final Duration MAX_PLAIN_AGE = Duration.ofHours(25);

  /** What a claim's lease lasts longer than the function that took it. */
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /**
   * What an inbox is made of.
   *
   * @param secretId of the agent's webhook secret
   */
  public record Parts(
      AgentName name,
      Agent agent,
      WebhookKeyStore secrets,
      String secretId,
      EventSchemas schemas,
      ClaimStore claims,
      Publisher publisher,
      Clock clock,
      Consumer<String> log) {}

  private final Parts parts;
  private final Endpoint endpoint;
  private final Endpoint.Rules rules;
  private final EventReader reader;
  private final EventValidator validator;

  /** For whoever calls. */
  public Inbox(Parts parts) {
    this(parts, SourceIpFilter.EVERYONE);
  }

  public Inbox(Parts parts, SourceIpFilter filter) {
    this.parts = parts;
    this.endpoint = new Endpoint("attempt", parts.clock(), parts.log());
    this.rules =
        new Endpoint.Rules(
            LogFields.of("agent", parts.name().value()), filter, OptionalInt.of(MAX_BODY_BYTES));
    this.reader = new EventReader(parts.schemas());
    this.validator = new EventValidator(parts.schemas());
    parts.secrets().require(parts.secretId());
  }

  /**
   * What receiving does, as far as it leaves nothing behind: a forgery refused, an event read and
   * validated, a claim given back that nobody has.
   */
  void rehearse() {
    EventId id = new EventId("rehearsal");
    Event.Metadata metadata =
        new Event.Metadata("agentpost", new CorrelationId("rehearsal"), Optional.empty(), 1);
    byte[] body =
        new EventCodec()
            .write(
                new Event(
                    id,
                    "rehearsal",
                    parts.clock().instant(),
                    JsonNodeFactory.instance.objectNode(),
                    metadata))
            .getBytes(UTF_8);
    Map<String, List<String>> forged =
        Map.of("X-Webhook-Signature", List.of("sha256=" + "0".repeat(64)));
    verify(new Request("POST", "/", Map.of(), forged, body, ""), Duration.ZERO);
    reader.read(body);
    parts.claims().release(id, "nobody");
  }

  /** What API Gateway's requests come through on their way to {@link #receive}. */
  Endpoint endpoint() {
    return endpoint;
  }

  /**
   * @param remaining until the function is stopped
   */
  public Response receive(Request request, Duration remaining) {
    return endpoint.receive(request, rules, () -> verify(request, remaining));
  }

  private Reply verify(Request request, Duration remaining) {
    return switch (parts.secrets().of(parts.secretId())) {
      case WebhookKeyStore.Lookup.Found(var secrets) -> {
        Verification first = verifyWith(request, secrets);
        yield switch (parts
            .secrets()
            .verifyAgain(parts.secretId(), secrets, first, now -> verifyWith(request, now))) {
          case Verification.Accepted accepted ->
              parse(request, accepted, remaining).with("scheme", accepted.scheme().label());
          case Verification.Unsigned(var why) -> Reply.refuse(Problem.FORBIDDEN, why);
          case Verification.Malformed(var why) -> Reply.refuse(Problem.MALFORMED, why);
          case Verification.Stale(_, var tolerance) ->
              Reply.refuse(
                  Problem.FORBIDDEN,
                  "webhook-timestamp is more than " + tolerance.toSeconds() + " s off");
          case Verification.BadSignature(var scheme) ->
              Reply.refuse(
                  Problem.FORBIDDEN,
                  "the " + scheme.label() + " signature is not one of this body by a live secret");
        };
      }
      case WebhookKeyStore.Lookup.Unusable(var why) ->
          Reply.tryAgain(RETRY_AFTER, "the agent's secret cannot be used", why);
      case WebhookKeyStore.Lookup.Unavailable(var why) ->
          Reply.tryAgain(RETRY_AFTER, "the agent's secret cannot be read now", why);
    };
  }

  private Verification verifyWith(Request request, KeySet secrets) {
    return new Verifier(secrets, parts.clock(), Verifier.DEFAULT_TOLERANCE)
        .verify(request.headers(), request.body());
  }

  private Reply parse(Request request, Verification.Accepted accepted, Duration remaining) {
    return switch (reader.read(request.body())) {
      case EventReader.Reading.NotJson(var why) -> Reply.refuse(Problem.MALFORMED, why);
      case EventReader.Reading.Invalid(var validation) ->
          Reply.refuse(Problem.INVALID_EVENT, validation.problem());
      case EventReader.Reading.Valid(_, var event) ->
          Endpoint.guard(() -> checkAge(event, accepted, remaining))
              .with(
                  LogFields.of("event_id", event.id().value())
                      .with("event_type", event.type())
                      .with("correlation_id", event.metadata().correlationId().value()));
    };
  }

  private Reply checkAge(Event event, Verification.Accepted accepted, Duration remaining) {
    Duration age = Duration.between(event.timestamp(), parts.clock().instant());
    if (accepted.needsFreshBody()
        && (age.compareTo(MAX_PLAIN_AGE) >= 0
            || age.compareTo(Verifier.DEFAULT_TOLERANCE.negated()) < 0)) {
      return Reply.refuse(
          Problem.FORBIDDEN,
          "X-Webhook-Signature signs no time, so the event's timestamp must be less than 25 h old"
              + " and not in the future; send the webhook-* headers of Standard Webhooks for"
              + " others");
    }
    return claim(event, remaining);
  }

  private Reply claim(Event event, Duration remaining) {
    return switch (parts.claims().take(event, remaining.plus(LEASE_MARGIN))) {
      case ClaimStore.Claim.Mine(var owner) -> act(event, owner);
      case ClaimStore.Claim.Done _ ->
          Reply.answer("already-done", Response.json(200, "{\"status\":\"already done\"}"));
      case ClaimStore.Claim.Held(var leaseLeft) ->
          Reply.tryAgain(leaseLeft, "another attempt at this event is under way");
      case ClaimStore.Claim.Unavailable(var why) ->
          Reply.tryAgain(RETRY_AFTER, "the claim could not be taken", why);
    };
  }

  private Reply act(Event event, String owner) {
    Outcome outcome;
    try {
      outcome = parts.agent().handle(event);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      parts.claims().release(event.id(), owner);
      Optional<String> limit = PlatformLimits.explain(e);
      if (limit.isPresent()) {
        return Reply.refuse(Problem.REFUSED, "the agent cannot act on this event: " + limit.get())
            .with("stack_trace", StackTrace.of(e));
      }
      // An agent's bug or its platform's failure: the event stays undone and comes again, and this
      // line says why.
      return Reply.refuse(Problem.AGENT_FAILED, "its log has the reason", StackTrace.headline(e))
          .with("stack_trace", StackTrace.of(e));
    }
    return switch (outcome) {
      case Outcome.Done done ->
          validate(event, owner, countHop(event, done)).with("note", done.note());
      case Outcome.Retry(var after, var why) -> {
        parts.claims().release(event.id(), owner);
        yield Reply.tryAgain(after, "the agent asks for another attempt", why);
      }
      case Outcome.Refused(var why) -> {
        parts.claims().release(event.id(), owner);
        yield Reply.refuse(Problem.REFUSED, why);
      }
    };
  }

  /** An answer that the agent has made by other means than {@link Event#answer} counts as well. */
  private static Outcome.Done countHop(Event event, Outcome.Done done) {
    int hops = event.metadata().nextHop();
    return new Outcome.Done(
        done.publish().stream()
            .map(each -> each.metadata().hops() < hops ? each.withHops(hops) : each)
            .toList(),
        done.note());
  }

  /**
   * What an agent publishes others rely on: all of it holds to its schemas before any of it is on
   * the bus.
   */
  private Reply validate(Event event, String owner, Outcome.Done done) {
    List<String> wrong =
        done.publish().stream()
            .map(validator::problem)
            .filter(problem -> !problem.isEmpty())
            .toList();
    if (wrong.isEmpty()) {
      return publish(event, owner, done);
    }
    parts.claims().release(event.id(), owner);
    return Reply.refuse(
        Problem.AGENT_FAILED,
        "the agent published an event that is not valid",
        "the agent published an event that is not valid: " + String.join("; ", wrong));
  }

  private Reply publish(Event event, String owner, Outcome.Done done) {
    if (parts.publisher().publish(done.publish())
        instanceof Publisher.Publication.Failed(var reasons, var isLasting)) {
      parts.claims().release(event.id(), owner);
      String why = String.join("; ", reasons);
      return isLasting
          ? Reply.refuse(Problem.REFUSED, "what the agent answers with cannot be published: " + why)
          : Reply.tryAgain(RETRY_AFTER, "what the agent published did not get onto the bus", why);
    }
    return markDone(event, owner)
        .with("published", String.join(" ", done.publish().stream().map(Event::type).toList()));
  }

  private Reply markDone(Event event, String owner) {
    return parts.claims().markDone(event.id(), owner)
        ? Reply.answer("done", Response.json(200, "{\"status\":\"done\"}"))
        : Reply.tryAgain(
            RETRY_AFTER,
            "the event could not be marked done",
            "the claim was lost or its table did not answer");
  }
}

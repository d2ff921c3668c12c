package agentpost.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.event.EventReader;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
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
import java.util.function.Consumer;

/**
 * What every hosted agent runs behind: verify, parse, validate, claim, act, publish, mark done. A
 * crash between any two of these loses nothing: the event counts as done only when its answers are
 * on the bus, and until then another attempt takes over.
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
  private final EventReader reader;
  private final EventValidator validator;

  public Inbox(Parts parts) {
    this.parts = parts;
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
    verify(
        new Request("POST", "/", Map.of(), forged, body, ""),
        Duration.ZERO,
        new AttemptLog(parts.name().value(), body.length));
    reader.read(body);
    parts.claims().release(id, "nobody");
  }

  /**
   * @param remaining until the function is stopped
   */
  public Response receive(Request request, Duration remaining) {
    long start = parts.clock().millis();
    AttemptLog log = new AttemptLog(parts.name().value(), request.body().length);
    Response response = verify(request, remaining, log);
    log.write(response.status(), parts.clock().millis() - start, parts.log());
    return response;
  }

  private Response verify(Request request, Duration remaining, AttemptLog log) {
    if (request.body().length > MAX_BODY_BYTES) {
      return refuse(
          Problem.TOO_LARGE,
          "The body has " + request.body().length + " bytes; at most 1048576 are taken",
          log);
    }
    return switch (parts.secrets().of(parts.secretId())) {
      case WebhookKeyStore.Lookup.Found(var secrets) -> {
        Verification first = verifyWith(request, secrets);
        yield switch (parts
            .secrets()
            .verifyAgain(parts.secretId(), secrets, first, now -> verifyWith(request, now))) {
          case Verification.Accepted accepted ->
              parse(request, accepted, remaining, log.with("scheme", accepted.scheme().label()));
          case Verification.Unsigned(var why) -> refuse(Problem.FORBIDDEN, why, log);
          case Verification.Malformed(var why) -> refuse(Problem.MALFORMED, why, log);
          case Verification.Stale(_, var tolerance) ->
              refuse(
                  Problem.FORBIDDEN,
                  "webhook-timestamp is more than " + tolerance.toSeconds() + " s off",
                  log);
          case Verification.BadSignature(var scheme) ->
              refuse(
                  Problem.FORBIDDEN,
                  "the " + scheme.label() + " signature is not one of this body by a live secret",
                  log);
        };
      }
      case WebhookKeyStore.Lookup.Unusable(var why) ->
          tryAgain(RETRY_AFTER, "the agent's secret cannot be used", log.with("reason", why));
      case WebhookKeyStore.Lookup.Unavailable(var why) ->
          tryAgain(RETRY_AFTER, "the agent's secret cannot be read now", log.with("reason", why));
    };
  }

  private Verification verifyWith(Request request, KeySet secrets) {
    return new Verifier(secrets, parts.clock(), Verifier.DEFAULT_TOLERANCE)
        .verify(request.headers(), request.body());
  }

  private Response parse(
      Request request, Verification.Accepted accepted, Duration remaining, AttemptLog log) {
    return switch (reader.read(request.body())) {
      case EventReader.Reading.NotJson(var why) -> refuse(Problem.MALFORMED, why, log);
      case EventReader.Reading.Invalid(var validation) ->
          refuse(Problem.INVALID_EVENT, validation.problem(), log);
      case EventReader.Reading.Valid(_, var event) -> checkAge(event, accepted, remaining, log);
    };
  }

  private Response checkAge(
      Event event, Verification.Accepted accepted, Duration remaining, AttemptLog log) {
    log.with("event_id", event.id().value())
        .with("event_type", event.type())
        .with("correlation_id", event.metadata().correlationId().value());
    Duration age = Duration.between(event.timestamp(), parts.clock().instant());
    if (accepted.needsFreshBody()
        && (age.compareTo(MAX_PLAIN_AGE) >= 0
            || age.compareTo(Verifier.DEFAULT_TOLERANCE.negated()) < 0)) {
      return refuse(
          Problem.FORBIDDEN,
          "X-Webhook-Signature signs no time, so the event's timestamp must be less than 25 h old"
              + " and not in the future; send the webhook-* headers of Standard Webhooks for"
              + " others",
          log);
    }
    return claim(event, remaining, log);
  }

  private Response claim(Event event, Duration remaining, AttemptLog log) {
    return switch (parts.claims().take(event, remaining.plus(LEASE_MARGIN))) {
      case ClaimStore.Claim.Mine(var owner) -> act(event, owner, log);
      case ClaimStore.Claim.Done _ -> {
        log.with("outcome", "already-done");
        yield Response.json(200, "{\"status\":\"already done\"}");
      }
      case ClaimStore.Claim.Held(var leaseLeft) ->
          tryAgain(leaseLeft, "another attempt at this event is under way", log);
      case ClaimStore.Claim.Unavailable(var why) ->
          tryAgain(RETRY_AFTER, "the claim could not be taken", log.with("reason", why));
    };
  }

  private Response act(Event event, String owner, AttemptLog log) {
    Outcome outcome;
    try {
      outcome = parts.agent().handle(event);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      parts.claims().release(event.id(), owner);
      Optional<String> limit = PlatformLimits.explain(e);
      if (limit.isPresent()) {
        return refuse(
            Problem.REFUSED,
            "the agent cannot act on this event: " + limit.get(),
            log.with("stack_trace", StackTrace.of(e)));
      }
      // An agent's bug or its platform's failure: the event stays undone and comes again, and this
      // line says why.
      return tryAgain(
          RETRY_AFTER,
          "the agent failed",
          log.with("reason", StackTrace.headline(e)).with("stack_trace", StackTrace.of(e)));
    }
    return switch (outcome) {
      case Outcome.Done done -> validate(event, owner, done, log.with("note", done.note()));
      case Outcome.Retry(var after, var why) -> {
        parts.claims().release(event.id(), owner);
        yield tryAgain(after, "the agent asks for another attempt", log.with("reason", why));
      }
      case Outcome.Refused(var why) -> {
        parts.claims().release(event.id(), owner);
        yield refuse(Problem.REFUSED, why, log);
      }
    };
  }

  /**
   * What an agent publishes others rely on: all of it holds to its schemas before any of it is on
   * the bus.
   */
  private Response validate(Event event, String owner, Outcome.Done done, AttemptLog log) {
    List<String> wrong =
        done.publish().stream()
            .map(validator::problem)
            .filter(problem -> !problem.isEmpty())
            .toList();
    if (wrong.isEmpty()) {
      return publish(event, owner, done, log);
    }
    parts.claims().release(event.id(), owner);
    return tryAgain(
        RETRY_AFTER,
        "the agent published an event that is not valid",
        log.with("reason", String.join("; ", wrong)));
  }

  private Response publish(Event event, String owner, Outcome.Done done, AttemptLog log) {
    if (parts.publisher().publish(done.publish())
        instanceof Publisher.Publication.Failed(var reasons, var isLasting)) {
      parts.claims().release(event.id(), owner);
      String why = String.join("; ", reasons);
      return isLasting
          ? refuse(Problem.REFUSED, "what the agent answers with cannot be published: " + why, log)
          : tryAgain(
              RETRY_AFTER,
              "what the agent published did not get onto the bus",
              log.with("reason", why));
    }
    log.with("published", String.join(" ", done.publish().stream().map(Event::type).toList()));
    if (!parts.claims().markDone(event.id(), owner)) {
      return tryAgain(
          RETRY_AFTER,
          "the event could not be marked done",
          log.with("reason", "the claim was lost or its table did not answer"));
    }
    log.with("outcome", "done");
    return Response.json(200, "{\"status\":\"done\"}");
  }

  private static Response refuse(Problem problem, String why, AttemptLog log) {
    log.with("outcome", problem.type().substring(problem.type().lastIndexOf(':') + 1))
        .with("reason", why);
    return problem.because(why);
  }

  private static Response tryAgain(Duration after, String why, AttemptLog log) {
    log.with("outcome", "try-again").with("detail", why);
    return Problem.TRY_AGAIN.because(why).retryAfter(after);
  }
}

package agentpost.callback;

import agentpost.delivery.AddressGuard;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Endpoint;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.http.SourceIpFilter;
import agentpost.operations.OperationId;
import agentpost.platform.LogFields;
import agentpost.schemas.Json;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Takes long work in: verify, parse, look at the callback URL, claim, queue. The first request
 * under a correlation_id is the one that counts.
 */
final class WorkAcceptor {
  /**
   * Room for 64 KiB of data that the initiator writes with more white space and escapes than we do.
   */
  static final int MAX_BODY_BYTES = 128 * 1024;

  /**
   * The same for every URL that may not be called: which of its addresses is which would be a map
   * of the inner network. The log says why.
   */
  private static final String REFUSED_URL =
      "callback_url may not be called: it must be https, on an allowed port, without user"
          + " information and fragment, and every address of its host on the public internet; the"
          + " processor's log says which of these it is";

  private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  record Parts(
      ProcessorAuthenticator callers,
      AddressGuard guard,
      ClaimStore claims,
      WorkQueue queue,
      Clock clock,
      Consumer<String> log) {}

  private static final Endpoint.Rules RULES =
      new Endpoint.Rules(LogFields.NONE, SourceIpFilter.EVERYONE, OptionalInt.of(MAX_BODY_BYTES));

  private final Parts parts;
  private final Endpoint endpoint;

  WorkAcceptor(Parts parts) {
    this.parts = parts;
    this.endpoint = new Endpoint("work", parts.clock(), parts.log());
  }

  /** What API Gateway's requests come through on their way to {@link #receive}. */
  Endpoint endpoint() {
    return endpoint;
  }

  /**
   * @param remaining until the function is stopped
   */
  Response receive(Request request, Duration remaining) {
    return endpoint.receive(request, RULES, () -> verify(request, remaining));
  }

  private Reply verify(Request request, Duration remaining) {
    return switch (parts.callers().authenticate(request)) {
      case ProcessorAuthenticator.Caller.Refused(var reply) -> reply;
      case ProcessorAuthenticator.Caller.Known(var processor) ->
          parse(request, remaining).with("processor", processor.value());
    };
  }

  private Reply parse(Request request, Duration remaining) {
    return switch (new EventCodec().parse(Json.withoutByteOrderMark(request.body()))) {
      case EventCodec.Parsed.NotJson(var why) -> Reply.refuse(Problem.MALFORMED, why);
      case EventCodec.Parsed.Json(var json, _) -> validate(json, remaining);
    };
  }

  private Reply validate(ObjectNode json, Duration remaining) {
    if (!(json.path("data_to_process") instanceof ObjectNode data)) {
      return Reply.refuse(Problem.INVALID_REQUEST, "data_to_process must be an object");
    }
    if (!json.path("callback_url").isTextual()) {
      return Reply.refuse(Problem.INVALID_REQUEST, "callback_url must be a text");
    }
    Optional<OperationId> id = OperationId.of(json);
    if (id.isEmpty()) {
      return Reply.refuse(
          Problem.INVALID_REQUEST,
          "correlation_id must be a text of 1 to 128 of A-Z a-z 0-9 . _ : -");
    }
    WorkItem item =
        new WorkItem(
            id.get(), data, json.path("callback_url").textValue(), parts.clock().instant());
    return Endpoint.guard(() -> checkUrl(item, remaining)).with("operation_id", item.id().value());
  }

  private Reply checkUrl(WorkItem item, Duration remaining) {
    return switch (parts.guard().check(item.callbackUrl())) {
      case AddressGuard.Verdict.Allowed _ -> claim(item, remaining);
      case AddressGuard.Verdict.Refused(var why) ->
          Reply.refuse(Problem.CALLBACK_REFUSED, REFUSED_URL, "callback_url is refused: " + why);
      case AddressGuard.Verdict.Unresolved(var why) ->
          tryAgain(RETRY_AFTER, "callback_url cannot be checked now: " + why);
    };
  }

  private Reply claim(WorkItem item, Duration remaining) {
    EventId claim = new EventId(item.id().value());
    return switch (parts.claims().take(claim, remaining.plus(LEASE_MARGIN))) {
      case ClaimStore.Claim.Mine(var owner) -> enqueue(item, claim, owner);
      case ClaimStore.Claim.Done _ -> accept(item, "already-accepted");
      case ClaimStore.Claim.Held(var leaseLeft) ->
          tryAgain(leaseLeft, "another attempt at this request is under way");
      case ClaimStore.Claim.Unavailable(var why) ->
          tryAgain(RETRY_AFTER, "the claim could not be taken: " + why);
    };
  }

  private Reply enqueue(WorkItem item, EventId claim, String owner) {
    try {
      parts.queue().send(item);
    } catch (SdkException e) {
      parts.claims().release(claim, owner);
      return tryAgain(
          RETRY_AFTER, "the work queue did not answer: " + e.getClass().getSimpleName());
    }
    // Queued and not marked: the next attempt queues it again, and the worker's own claim has it
    // done once.
    return parts.claims().markDone(claim, owner)
        ? accept(item, "accepted")
        : tryAgain(RETRY_AFTER, "the request could not be marked accepted");
  }

  private static Reply accept(WorkItem item, String outcome) {
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("correlation_id", item.id().value())
            .put("status", "accepted")
            .toString();
    return Reply.answer(outcome, Response.json(202, body));
  }

  private static Reply tryAgain(Duration after, String reason) {
    return Reply.tryAgain(after, "the request cannot be taken now; the log says why", reason);
  }
}

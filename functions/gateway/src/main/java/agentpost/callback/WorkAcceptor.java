package agentpost.callback;

import agentpost.delivery.AddressGuard;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.operations.OperationId;
import agentpost.schemas.Json;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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

  private final Parts parts;

  WorkAcceptor(Parts parts) {
    this.parts = parts;
  }

  /**
   * @param remaining until the function is stopped
   */
  Response receive(Request request, Duration remaining) {
    Instant start = parts.clock().instant();
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "work")
            .put("bytes", request.body().length);
    Response response = verify(request, remaining, line);
    line.put("status", response.status())
        .put("duration_ms", Duration.between(start, parts.clock().instant()).toMillis());
    parts.log().accept(line.toString());
    return response;
  }

  private Response verify(Request request, Duration remaining, ObjectNode line) {
    return switch (parts.callers().of(request, MAX_BODY_BYTES)) {
      case ProcessorAuthenticator.Caller.Refused(var response, var why) -> {
        line.put("outcome", "refused").put("reason", why);
        yield response;
      }
      case ProcessorAuthenticator.Caller.Known(var processor) -> {
        line.put("processor", processor.value());
        yield switch (new EventCodec().parse(Json.withoutByteOrderMark(request.body()))) {
          case EventCodec.Parsed.NotJson(var why) -> refuse(Problem.MALFORMED, why, line);
          case EventCodec.Parsed.Json(var json, _) -> validate(json, remaining, line);
        };
      }
    };
  }

  private Response validate(ObjectNode json, Duration remaining, ObjectNode line) {
    if (!(json.path("data_to_process") instanceof ObjectNode data)) {
      return refuse(Problem.INVALID_REQUEST, "data_to_process must be an object", line);
    }
    if (!json.path("callback_url").isTextual()) {
      return refuse(Problem.INVALID_REQUEST, "callback_url must be a text", line);
    }
    Optional<OperationId> id = OperationId.of(json);
    if (id.isEmpty()) {
      return refuse(
          Problem.INVALID_REQUEST,
          "correlation_id must be a text of 1 to 128 of A-Z a-z 0-9 . _ : -",
          line);
    }
    line.put("operation_id", id.get().value());
    WorkItem item =
        new WorkItem(
            id.get(), data, json.path("callback_url").textValue(), parts.clock().instant());
    return switch (parts.guard().check(item.callbackUrl())) {
      case AddressGuard.Verdict.Allowed _ -> claim(item, remaining, line);
      case AddressGuard.Verdict.Refused(var why) -> {
        Response response = refuse(Problem.CALLBACK_REFUSED, REFUSED_URL, line);
        line.put("reason", "callback_url is refused: " + why);
        yield response;
      }
      case AddressGuard.Verdict.Unresolved(var why) ->
          tryAgain(RETRY_AFTER, "callback_url cannot be checked now: " + why, line);
    };
  }

  private Response claim(WorkItem item, Duration remaining, ObjectNode line) {
    EventId claim = new EventId(item.id().value());
    return switch (parts.claims().take(claim, remaining.plus(LEASE_MARGIN))) {
      case ClaimStore.Claim.Mine(var owner) -> enqueue(item, claim, owner, line);
      case ClaimStore.Claim.Done _ -> accept(item, "already-accepted", line);
      case ClaimStore.Claim.Held(var leaseLeft) ->
          tryAgain(leaseLeft, "another attempt at this request is under way", line);
      case ClaimStore.Claim.Unavailable(var why) ->
          tryAgain(RETRY_AFTER, "the claim could not be taken: " + why, line);
    };
  }

  private Response enqueue(WorkItem item, EventId claim, String owner, ObjectNode line) {
    try {
      parts.queue().send(item);
    } catch (SdkException e) {
      parts.claims().release(claim, owner);
      return tryAgain(
          RETRY_AFTER, "the work queue did not answer: " + e.getClass().getSimpleName(), line);
    }
    // Queued and not marked: the next attempt queues it again, and the worker's own claim has it
    // done once.
    return parts.claims().markDone(claim, owner)
        ? accept(item, "accepted", line)
        : tryAgain(RETRY_AFTER, "the request could not be marked accepted", line);
  }

  private static Response accept(WorkItem item, String outcome, ObjectNode line) {
    line.put("outcome", outcome);
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("correlation_id", item.id().value())
            .put("status", "accepted")
            .toString();
    return Response.json(202, body);
  }

  private static Response refuse(Problem problem, String why, ObjectNode line) {
    line.put("outcome", problem.type().substring(problem.type().lastIndexOf(':') + 1))
        .put("reason", why);
    return problem.because(why);
  }

  private static Response tryAgain(Duration after, String why, ObjectNode line) {
    line.put("outcome", "try-again").put("reason", why);
    return Problem.TRY_AGAIN
        .because("the request cannot be taken now; the log says why")
        .retryAfter(after);
  }
}

package agentpost.callback;

import agentpost.catalog.AgentName;
import agentpost.delivery.GuardedPost;
import agentpost.event.EventId;
import agentpost.operations.OperationId;
import agentpost.operations.OperationResult;
import agentpost.operations.Processor;
import agentpost.platform.StackTrace;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Does the work of one message and posts its callback. The work is claimed and what came of it is
 * kept before anything is posted, so that a message that comes again, or twice, has it done once
 * and posts the same. What is posted is signed for this attempt.
 */
final class Worker {
  private static final Duration POST_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);

  /** What came of a message. */
  sealed interface WorkOutcome {
    /** It can be deleted. */
    record Finished(String how) implements WorkOutcome {}

    /** It is to come again. */
    record RetryLater(Duration after, String why) implements WorkOutcome {}
  }

  /**
   * @param claims the worker's own, not the intake's
   */
  record Parts(
      AgentName name,
      Processor processor,
      ClaimStore claims,
      WorkResultStore results,
      WebhookKeyStore secrets,
      String secretId,
      GuardedPost http,
      Backoff backoff,
      Clock clock,
      Consumer<String> log) {}

  private final Parts parts;

  Worker(Parts parts) {
    this.parts = parts;
    parts.secrets().require(parts.secretId());
  }

  /**
   * @param attempts at this message, with this one
   * @param remaining until the function is stopped
   */
  WorkOutcome work(String message, int attempts, Duration remaining) {
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "work attempt")
            .put("attempt", attempts);
    line.put("processor", parts.name().value());
    WorkOutcome worked;
    try {
      worked =
          WorkItem.parse(message)
              .map(item -> workAndPost(item, attempts, remaining, line))
              .orElseGet(() -> retryLater(attempts, "the message is no work item"));
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      // A bug, or a service that does not answer: this message comes again, and in the end goes to
      // the dead-letter queue; the others go on.
      line.put("stack_trace", StackTrace.of(e));
      worked = retryLater(attempts, StackTrace.headline(e));
    }
    switch (worked) {
      case WorkOutcome.Finished(var how) -> line.put("outcome", how);
      case WorkOutcome.RetryLater(var after, var why) ->
          line.put("outcome", "try-again").put("after_ms", after.toMillis()).put("reason", why);
    }
    parts.log().accept(line.toString());
    return worked;
  }

  private WorkOutcome workAndPost(
      WorkItem item, int attempts, Duration remaining, ObjectNode line) {
    line.put("operation_id", item.id().value());
    Optional<Callback> before = parts.results().find(item.id());
    if (before.isPresent()) {
      return post(item, before.get(), attempts, line);
    }
    EventId claim = new EventId(item.id().value());
    return switch (parts.claims().take(claim, remaining.plus(LEASE_MARGIN))) {
      case ClaimStore.Claim.Mine(var owner) -> {
        Callback callback = process(item, claim, owner);
        parts.results().keep(callback);
        if (!parts.claims().markDone(claim, owner)) {
          line.put("claim", "not marked done; what is kept says so as well");
        }
        yield post(item, callback, attempts, line);
      }
      case ClaimStore.Claim.Held(var left) ->
          new WorkOutcome.RetryLater(left, "another message for this operation is being worked on");
      case ClaimStore.Claim.Done _ ->
          parts
              .results()
              .find(item.id())
              .map(callback -> post(item, callback, attempts, line))
              .orElseGet(() -> retryLater(attempts, "the work is done and its result is gone"));
      case ClaimStore.Claim.Unavailable(var why) ->
          retryLater(attempts, "the claim could not be taken: " + why);
    };
  }

  private Callback process(WorkItem item, EventId claim, String owner) {
    try {
      return switch (parts
          .processor()
          .process(item.id(), item.dataToProcess(), item.acceptedAt())) {
        case Processor.Work.Completed(var result) -> ofResult(item.id(), result);
        case Processor.Work.Failed(var error) -> Callback.ofError(item.id(), error);
      };
    } catch (RuntimeException e) {
      parts.claims().release(claim, owner);
      throw e;
    }
  }

  /**
   * A result that no completer takes, and the table may not keep, is a failure: it would be as
   * large however often the work was done.
   */
  private Callback ofResult(OperationId id, ObjectNode result) {
    Callback callback = new Callback(id, new OperationResult.Completed(result));
    int bytes = callback.body().length;
    if (bytes <= Completer.MAX_BODY_BYTES) {
      return callback;
    }
    parts.processor().undo(id, result);
    return Callback.ofError(
        id,
        "the work was undone: its callback had "
            + bytes
            + " bytes, and at most "
            + Completer.MAX_BODY_BYTES
            + " are taken");
  }

  private WorkOutcome post(WorkItem item, Callback callback, int attempts, ObjectNode line) {
    return switch (parts.secrets().of(parts.secretId())) {
      case WebhookKeyStore.Lookup.Found(var secrets) ->
          send(item, callback, secrets, attempts, line);
      case WebhookKeyStore.Lookup.Unusable(var why) -> retryLater(attempts, why);
      case WebhookKeyStore.Lookup.Unavailable(var why) -> retryLater(attempts, why);
    };
  }

  private WorkOutcome send(
      WorkItem item, Callback callback, KeySet secrets, int attempts, ObjectNode line) {
    byte[] body = callback.body();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "agentpost-processor");
    headers.putAll(new Signer(secrets).sign(item.id().value(), parts.clock().instant(), body));
    return switch (parts.http().post(item.callbackUrl(), headers, body, POST_TIMEOUT)) {
      case GuardedPost.Sent.Answered(var status, var retryAfter) -> {
        line.put("status", status);
        yield handleAnswer(item, callback, status, retryAfter, attempts, line);
      }
      case GuardedPost.Sent.Refused(var why) ->
          retryLater(attempts, "callback_url is refused: " + why);
      case GuardedPost.Sent.TimedOut _ ->
          retryLater(attempts, "the callback was not answered in time");
      case GuardedPost.Sent.Unreachable(var why) ->
          retryLater(attempts, "the callback could not be posted: " + why);
    };
  }

  /**
   * 409 and 410 say that the operation has ended without us, which no further attempt changes. What
   * was done is undone before the message is over: after a crash it comes again, is answered the
   * same, and undone again.
   */
  private WorkOutcome handleAnswer(
      WorkItem item,
      Callback callback,
      int status,
      Optional<Duration> retryAfter,
      int attempts,
      ObjectNode line) {
    if (status / 100 == 2) {
      return new WorkOutcome.Finished("called back");
    }
    if (status == 409 || status == 410) {
      if (callback.ending() instanceof OperationResult.Completed(var result)) {
        parts.processor().undo(item.id(), result);
        line.put("undone", true);
      }
      return new WorkOutcome.Finished("called back too late");
    }
    Duration backoff = parts.backoff().delayAfter(attempts);
    Duration after = retryAfter.filter(wait -> wait.compareTo(backoff) > 0).orElse(backoff);
    return new WorkOutcome.RetryLater(after, "the callback was answered with " + status);
  }

  private WorkOutcome retryLater(int attempts, String why) {
    return new WorkOutcome.RetryLater(parts.backoff().delayAfter(attempts), why);
  }
}

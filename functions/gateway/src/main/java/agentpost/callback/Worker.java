package agentpost.callback;

import agentpost.catalog.AgentName;
import agentpost.delivery.GuardedPost;
import agentpost.event.EventId;
import agentpost.http.HttpPost;
import agentpost.http.Problem;
import agentpost.operations.OperationId;
import agentpost.operations.OperationResult;
import agentpost.operations.Processor;
import agentpost.platform.Backoff;
import agentpost.platform.LogFields;
import agentpost.platform.StackTrace;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

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
    /** What the log says of it. */
    LogFields fields();

    /** It can be deleted. */
    record Finished(String how, LogFields more) implements WorkOutcome {
      @Override
      public LogFields fields() {
        return more.with("outcome", how);
      }
    }

    /** It is to come again. */
    record RetryLater(Duration after, String why, LogFields more) implements WorkOutcome {
      RetryLater(Duration after, String why) {
        this(after, why, LogFields.NONE);
      }

      @Override
      public LogFields fields() {
        return more.with("outcome", Problem.TRY_AGAIN.label())
            .with("after_ms", after.toMillis())
            .with("reason", why);
      }
    }

    /** The same, and what an earlier step knows; that comes first in the log. */
    default WorkOutcome with(LogFields known) {
      return switch (this) {
        case Finished(var how, var more) -> new Finished(how, known.and(more));
        case RetryLater(var after, var why, var more) ->
            new RetryLater(after, why, known.and(more));
      };
    }
  }

  /**
   * @param claims the worker's own, not the intake's
   * @param random from 0 to 1
   */
  record Parts(
      AgentName name,
      Processor processor,
      ClaimStore claims,
      WorkResultStore results,
      WebhookKeyStore secrets,
      String secretId,
      GuardedPost http,
      DoubleSupplier random,
      Clock clock,
      Consumer<String> log) {}

  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(15));

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
    WorkOutcome worked =
        guard(
            attempts,
            () ->
                WorkItem.parse(message)
                    .map(
                        item ->
                            guard(attempts, () -> workAndPost(item, attempts, remaining))
                                .with(LogFields.of("operation_id", item.id().value())))
                    .orElseGet(() -> retryLater(attempts, "the message is not a work item")));
    parts
        .log()
        .accept(
            LogFields.NONE
                .with("attempt", attempts)
                .with("processor", parts.name().value())
                .and(worked.fields())
                .toLine("work attempt"));
    return worked;
  }

  /**
   * A bug, or a service that does not answer: this message comes again, and in the end goes to the
   * dead-letter queue; the others go on.
   */
  private WorkOutcome guard(int attempts, Supplier<WorkOutcome> steps) {
    try {
      return steps.get();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      return retryLater(attempts, StackTrace.headline(e))
          .with(LogFields.of("stack_trace", StackTrace.of(e)));
    }
  }

  private WorkOutcome workAndPost(WorkItem item, int attempts, Duration remaining) {
    Optional<Callback> before = parts.results().find(item.id());
    if (before.isPresent()) {
      return post(item, before.get(), attempts);
    }
    EventId claim = new EventId(item.id().value());
    return switch (parts.claims().take(claim, remaining.plus(LEASE_MARGIN))) {
      case ClaimStore.Claim.Mine(var owner) -> {
        Callback callback = process(item, claim, owner);
        parts.results().keep(callback);
        LogFields claimed =
            parts.claims().markDone(claim, owner)
                ? LogFields.NONE
                : LogFields.of("claim", "not marked done; what is kept says so as well");
        yield post(item, callback, attempts).with(claimed);
      }
      case ClaimStore.Claim.Held(var left) ->
          new WorkOutcome.RetryLater(left, "another message for this operation is being worked on");
      case ClaimStore.Claim.Done _ ->
          parts
              .results()
              .find(item.id())
              .map(callback -> post(item, callback, attempts))
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
   * A result that no callback handler takes, and the table may not keep, is a failure: it would be
   * as large however often the work was done.
   */
  private Callback ofResult(OperationId id, ObjectNode result) {
    Callback callback = new Callback(id, new OperationResult.Completed(result));
    int bytes = callback.body().length;
    if (bytes <= CallbackEndpoint.MAX_BODY_BYTES) {
      return callback;
    }
    parts.processor().undo(id, result);
    return Callback.ofError(
        id,
        "the work was undone: its callback had "
            + bytes
            + " bytes, and at most "
            + CallbackEndpoint.MAX_BODY_BYTES
            + " are taken");
  }

  private WorkOutcome post(WorkItem item, Callback callback, int attempts) {
    return switch (parts.secrets().of(parts.secretId())) {
      case WebhookKeyStore.Lookup.Found(var secrets) -> send(item, callback, secrets, attempts);
      case WebhookKeyStore.Lookup.Unusable(var why) -> retryLater(attempts, why);
      case WebhookKeyStore.Lookup.Unavailable(var why) -> retryLater(attempts, why);
    };
  }

  private WorkOutcome send(WorkItem item, Callback callback, KeySet secrets, int attempts) {
    byte[] body = callback.body();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "agentpost-processor");
    headers.putAll(new Signer(secrets).sign(item.id().value(), parts.clock().instant(), body));
    return switch (parts.http().post(item.callbackUrl(), headers, body, POST_TIMEOUT)) {
      case HttpPost.Answer.Answered(var status, _, var retryAfter, _) ->
          handleAnswer(item, callback, status, retryAfter, attempts)
              .with(LogFields.NONE.with("status", status));
      case HttpPost.Answer.TimedOut _ ->
          retryLater(attempts, "the callback was not answered in time");
      case HttpPost.Answer.Unreachable(var why) ->
          retryLater(attempts, "the callback could not be posted: " + why);
    };
  }

  /**
   * 409 and 410 say that the operation has ended without us, which no further attempt changes. What
   * was done is undone before the message is over: after a crash it comes again, is answered the
   * same, and undone again.
   */
  private WorkOutcome handleAnswer(
      WorkItem item, Callback callback, int status, Optional<Duration> retryAfter, int attempts) {
    if (status / 100 == 2) {
      return new WorkOutcome.Finished("callback-taken", LogFields.NONE);
    }
    if (status == 409 || status == 410) {
      LogFields undone = LogFields.NONE;
      if (callback.ending() instanceof OperationResult.Completed(var result)) {
        parts.processor().undo(item.id(), result);
        undone = LogFields.NONE.with("undone", true);
      }
      return new WorkOutcome.Finished("callback-too-late", undone);
    }
    Duration backoff = BACKOFF.delayAfter(attempts, parts.random());
    Duration after = retryAfter.filter(wait -> wait.compareTo(backoff) > 0).orElse(backoff);
    return new WorkOutcome.RetryLater(after, "the callback was answered with " + status);
  }

  private WorkOutcome retryLater(int attempts, String why) {
    return new WorkOutcome.RetryLater(BACKOFF.delayAfter(attempts, parts.random()), why);
  }
}

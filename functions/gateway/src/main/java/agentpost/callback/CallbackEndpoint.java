package agentpost.callback;

import agentpost.catalog.AgentName;
import agentpost.http.Endpoint;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.http.SourceIpFilter;
import agentpost.metrics.MetricLine;
import agentpost.operations.Operation;
import agentpost.operations.OperationResult;
import agentpost.operations.OperationStatus;
import agentpost.operations.OperationsTable;
import agentpost.platform.LogFields;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Takes callbacks: verify, parse, look up, end by one conditional write, publish. What it cannot
 * publish, the timeout handler does.
 */
final class CallbackEndpoint {
  /** Leaves room in DynamoDB's 400 KB for the result twice, beside the request twice. */
  static final int MAX_BODY_BYTES = 100 * 1024;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  record Parts(
      ProcessorAuthenticator callers,
      OperationsTable table,
      OutcomeOutbox announcements,
      String bus,
      Clock clock,
      Clock deadlines,
      Consumer<String> log) {
    private void count(String metric) {
      log.accept(
          new MetricLine(clock.instant(), new TreeMap<>(Map.of("Bus", bus)))
              .metric(metric, 1, "Count")
              .text());
    }
  }

  private static final Endpoint.Rules RULES =
      new Endpoint.Rules(LogFields.NONE, SourceIpFilter.EVERYONE, OptionalInt.of(MAX_BODY_BYTES));

  private final Parts parts;
  private final Endpoint endpoint;

  CallbackEndpoint(Parts parts) {
    this.parts = parts;
    this.endpoint = new Endpoint("callback", parts.clock(), parts.log());
  }

  /** What API Gateway's requests come through on their way to {@link #receive}. */
  Endpoint endpoint() {
    return endpoint;
  }

  Response receive(Request request) {
    return endpoint.receive(request, RULES, () -> verify(request));
  }

  private Reply verify(Request request) {
    return switch (parts.callers().authenticate(request)) {
      case ProcessorAuthenticator.Caller.Refused(var reply) -> reply;
      case ProcessorAuthenticator.Caller.Known(var processor) ->
          parse(request, processor).with("processor", processor.value());
    };
  }

  private Reply parse(Request request, AgentName processor) {
    return switch (Callback.parse(request.body())) {
      case Callback.Parsed.NotJson(var why) -> Reply.refuse(Problem.MALFORMED, why);
      case Callback.Parsed.Invalid(var why) -> Reply.refuse(Problem.INVALID_REQUEST, why);
      case Callback.Parsed.Read(var callback) ->
          guard(() -> find(processor, callback)).with("operation_id", callback.id().value());
    };
  }

  /** While the table does not answer, the callback is to come again. */
  private static Reply guard(Supplier<Reply> steps) {
    return Endpoint.guard(
        () -> {
          try {
            return steps.get();
          } catch (SdkException e) {
            return Reply.tryAgain(
                RETRY_AFTER, "the operations table did not answer", e.getClass().getSimpleName());
          }
        });
  }

  private Reply find(AgentName processor, Callback callback) {
    Optional<Operation> found = parts.table().find(callback.id());
    if (found.isEmpty()) {
      return Reply.refuse(
          Problem.NO_SUCH_OPERATION,
          "there is no operation with this correlation_id, or it is long over");
    }
    Operation operation = found.get();
    return guard(() -> answer(processor, operation, callback.ending()))
        .with(
            LogFields.of("agent", operation.agent().value())
                .with("correlation_id", operation.correlationId().value()));
  }

  private Reply answer(AgentName processor, Operation operation, OperationResult ending) {
    if (!operation.processor().equals(processor)) {
      return Reply.refuse(Problem.FORBIDDEN, "the operation is another processor's");
    }
    return operation.ending().isPresent() ? answerEnded(operation, ending) : end(operation, ending);
  }

  private Reply end(Operation operation, OperationResult ending) {
    return switch (parts.table().end(operation, ending, parts.deadlines().instant())) {
      case OperationsTable.EndResult.Won(var won) -> {
        if (ending instanceof OperationResult.Completed) {
          parts.count("OperationsCompleted");
        } else {
          parts.count("OperationsFailed");
        }
        yield answerRecorded(won, "recorded");
      }
      case OperationsTable.EndResult.Lost(var other) -> answerEnded(other, ending);
      case OperationsTable.EndResult.Unknown _ ->
          Reply.refuse(Problem.NO_SUCH_OPERATION, "the operation is long over");
    };
  }

  /**
   * The operation had ended, or could not end because its deadline has passed and the timeout
   * handler has not come by yet.
   */
  private Reply answerEnded(Operation operation, OperationResult ending) {
    if (operation.ending().isEmpty() || operation.status() == OperationStatus.TIMED_OUT) {
      parts.count("CallbackLate");
      return Reply.refuse(
          Problem.PAST_DEADLINE, "the operation's deadline was " + operation.deadline());
    }
    return operation.ending().get().equals(ending)
        ? answerRecorded(operation, "already recorded")
        : Reply.refuse(
            Problem.OTHER_OUTCOME,
            "the operation is " + operation.status() + " already, with another outcome");
  }

  private Reply answerRecorded(Operation operation, String how) {
    boolean published = parts.announcements().publish(operation);
    return Reply.answer(
            how.replace(' ', '-'),
            Response.json(
                200,
                JsonNodeFactory.instance
                    .objectNode()
                    .put("correlation_id", operation.id().value())
                    .put("status", how)
                    .toString()))
        .with(
            LogFields.of("operation_status", operation.status().name())
                .with("published", published));
  }
}

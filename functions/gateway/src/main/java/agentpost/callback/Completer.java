package agentpost.callback;

import agentpost.catalog.AgentName;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.operations.Operation;
import agentpost.operations.OperationResult;
import agentpost.operations.OperationStatus;
import agentpost.operations.OperationsTable;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Takes callbacks: verify, parse, look up, end by one conditional write, publish. What it cannot
 * publish, the sweeper does.
 */
final class Completer {
  /** Leaves room in DynamoDB's 400 KB for the result twice, beside the request twice. */
  static final int MAX_BODY_BYTES = 100 * 1024;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  record Parts(
      ProcessorAuthenticator callers,
      OperationsTable table,
      OutcomeOutbox announcements,
      Clock clock,
      Clock deadlines,
      Consumer<String> log) {}

  private final Parts parts;

  Completer(Parts parts) {
    this.parts = parts;
  }

  Response receive(Request request) {
    Instant start = parts.clock().instant();
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "callback")
            .put("bytes", request.body().length);
    Response response;
    try {
      response = verify(request, line);
    } catch (SdkException e) {
      line.put("outcome", "try-again").put("reason", e.getClass().getSimpleName());
      response =
          Problem.TRY_AGAIN.because("the operations table did not answer").retryAfter(RETRY_AFTER);
    }
    line.put("status", response.status())
        .put("duration_ms", Duration.between(start, parts.clock().instant()).toMillis());
    parts.log().accept(line.toString());
    return response;
  }

  private Response verify(Request request, ObjectNode line) {
    return switch (parts.callers().of(request, MAX_BODY_BYTES)) {
      case ProcessorAuthenticator.Caller.Refused(var response, var why) -> {
        line.put("outcome", "refused").put("reason", why);
        yield response;
      }
      case ProcessorAuthenticator.Caller.Known(var processor) ->
          switch (Callback.parse(request.body())) {
            case Callback.Parsed.NotJson(var why) -> refuse(Problem.MALFORMED, why, line);
            case Callback.Parsed.Invalid(var why) -> refuse(Problem.INVALID_REQUEST, why, line);
            case Callback.Parsed.Read(var callback) -> read(processor, callback, line);
          };
    };
  }

  private Response read(AgentName processor, Callback callback, ObjectNode line) {
    line.put("operation_id", callback.id().value()).put("processor", processor.value());
    Optional<Operation> found = parts.table().find(callback.id());
    if (found.isEmpty()) {
      return refuse(
          Problem.NO_SUCH_OPERATION,
          "there is no operation with this correlation_id, or it is long over",
          line);
    }
    Operation operation = found.get();
    line.put("agent", operation.agent().value())
        .put("correlation_id", operation.correlationId().value());
    if (!operation.processor().equals(processor)) {
      return refuse(Problem.FORBIDDEN, "the operation is another processor's", line);
    }
    return operation.ending().isPresent()
        ? answerEnded(operation, callback.ending(), line)
        : end(operation, callback.ending(), line);
  }

  private Response end(Operation operation, OperationResult ending, ObjectNode line) {
    return switch (parts.table().end(operation, ending, parts.deadlines().instant())) {
      case OperationsTable.EndResult.Won(var won) -> answerRecorded(won, "recorded", line);
      case OperationsTable.EndResult.Lost(var other) -> answerEnded(other, ending, line);
      case OperationsTable.EndResult.Unknown _ ->
          refuse(Problem.NO_SUCH_OPERATION, "the operation is long over", line);
    };
  }

  /**
   * The operation had ended, or could not end because its deadline has passed and the sweeper has
   * not come by yet.
   */
  private Response answerEnded(Operation operation, OperationResult ending, ObjectNode line) {
    if (operation.ending().isEmpty() || operation.status() == OperationStatus.TIMED_OUT) {
      return refuse(
          Problem.PAST_DEADLINE, "the operation's deadline was " + operation.deadline(), line);
    }
    return operation.ending().get().equals(ending)
        ? answerRecorded(operation, "already recorded", line)
        : refuse(
            Problem.OTHER_OUTCOME,
            "the operation is " + operation.status() + " already, with another outcome",
            line);
  }

  private Response answerRecorded(Operation operation, String how, ObjectNode line) {
    boolean published = parts.announcements().publish(operation);
    line.put("outcome", how)
        .put("operation_status", operation.status().name())
        .put("published", published);
    return Response.json(
        200,
        JsonNodeFactory.instance
            .objectNode()
            .put("correlation_id", operation.id().value())
            .put("status", how)
            .toString());
  }

  private static Response refuse(Problem problem, String why, ObjectNode line) {
    line.put("outcome", problem.type().substring(problem.type().lastIndexOf(':') + 1))
        .put("reason", why);
    return problem.because(why);
  }
}

package agentpost.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Operations as rows and back. JSON is kept as text: it is compared and sent as it came, and
 * DynamoDB's numbers are not JSON's.
 */
final class OperationRow {
  /** How long a row can be asked for after its deadline, by {@code expires_at}, DynamoDB's TTL. */
  static final Duration RETENTION = Duration.ofDays(30);

  /** The attribute with the token of the task that waits. */
  static final String TASK = "task_token";

  private final EventCodec codec = new EventCodec();

  /** The row of an operation that begins now. */
  Map<String, AttributeValue> of(OperationRequest request, Instant now) {
    Map<String, AttributeValue> row = new LinkedHashMap<>();
    row.put("correlation_id", text(request.id().value()));
    row.put("status", text(OperationStatus.PENDING.name()));
    row.put("open", text("yes"));
    row.put("agent", text(request.agent().value()));
    row.put("cause", text(request.cause().value()));
    row.put("flow_correlation_id", text(request.correlationId().value()));
    row.put("purpose", text(request.purpose()));
    row.put("attempt", number(request.attempt()));
    row.put("processor", text(request.processor().value()));
    row.put("request", text(request.dataToProcess().toString()));
    row.put("started_at", text(now.toString()));
    row.put("deadline", number(request.deadline().getEpochSecond()));
    row.put("expires_at", number(request.deadline().plus(RETENTION).getEpochSecond()));
    request.task().ifPresent(task -> row.put(TASK, text(task.value())));
    return row;
  }

  Operation read(Map<String, AttributeValue> row) {
    Optional<Event> event = optional(row, "event").map(this::event);
    return new Operation(
        new OperationId(string(row, "correlation_id")),
        new AgentName(string(row, "agent")),
        new EventId(string(row, "cause")),
        new CorrelationId(string(row, "flow_correlation_id")),
        string(row, "purpose"),
        Integer.parseInt(numeral(row, "attempt")),
        new AgentName(string(row, "processor")),
        json(string(row, "request")),
        Instant.parse(string(row, "started_at")),
        Instant.ofEpochSecond(Long.parseLong(numeral(row, "deadline"))),
        row.containsKey("accepted_at"),
        readResult(row),
        event,
        optional(row, TASK).map(TaskToken::new));
  }

  String write(Event event) {
    return codec.write(event);
  }

  private Optional<OperationResult> readResult(Map<String, AttributeValue> row) {
    return switch (OperationStatus.valueOf(string(row, "status"))) {
      case PENDING -> Optional.empty();
      case COMPLETED -> Optional.of(new OperationResult.Completed(json(string(row, "result"))));
      case FAILED -> Optional.of(new OperationResult.Failed(string(row, "error")));
      case TIMED_OUT -> Optional.of(new OperationResult.TimedOut());
    };
  }

  private Event event(String text) {
    if (codec.parse(text.getBytes(UTF_8)) instanceof EventCodec.Parsed.Json(_, var event)) {
      return event.orElseThrow(() -> corruptRow("event"));
    }
    throw corruptRow("event");
  }

  private ObjectNode json(String text) {
    if (codec.parse(text.getBytes(UTF_8)) instanceof EventCodec.Parsed.Json(var json, _)) {
      return json;
    }
    throw corruptRow("JSON text");
  }

  private static String string(Map<String, AttributeValue> row, String name) {
    return optional(row, name).orElseThrow(() -> corruptRow(name));
  }

  private static String numeral(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name))
        .map(AttributeValue::n)
        .orElseThrow(() -> corruptRow(name));
  }

  private static Optional<String> optional(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name)).map(AttributeValue::s);
  }

  private static IllegalStateException corruptRow(String name) {
    return new IllegalStateException(
        "An operation's row was written by someone else: its "
            + name
            + " is missing or cannot be read");
  }

  static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}

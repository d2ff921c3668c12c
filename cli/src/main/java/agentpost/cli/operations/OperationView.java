package agentpost.cli.operations;

import agentpost.cli.terminal.DurationText;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An operation as its row says, for people and scripts to read.
 *
 * @param correlationId of the events around it; its own is {@code id}
 * @param acceptedAt when the processor said that it has it
 * @param request what the processor got, and with {@code result} and {@code error} JSON or text as
 *     it is in the row
 */
public record OperationView(
    String id,
    String state,
    String agent,
    String purpose,
    String processor,
    int attempt,
    String correlationId,
    Instant startedAt,
    Instant deadline,
    Optional<Instant> acceptedAt,
    Optional<Instant> finishedAt,
    boolean published,
    Optional<String> request,
    Optional<String> result,
    Optional<String> error) {
  public static OperationView of(Map<String, AttributeValue> row) {
    return new OperationView(
        text(row, "correlation_id").orElse("?"),
        text(row, "status").orElse("?"),
        text(row, "agent").orElse("?"),
        text(row, "purpose").orElse("?"),
        text(row, "processor").orElse("?"),
        (int) number(row, "attempt"),
        text(row, "flow_correlation_id").orElse("?"),
        text(row, "started_at").map(Instant::parse).orElse(Instant.EPOCH),
        Instant.ofEpochSecond(number(row, "deadline")),
        text(row, "accepted_at").map(Instant::parse),
        text(row, "finished_at").map(Instant::parse),
        // In the index of the unpublished it may still be because a workflow's task is to be told.
        !row.containsKey("event"),
        text(row, "request"),
        text(row, "result"),
        text(row, "error"));
  }

  private static Optional<String> text(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name)).map(AttributeValue::s);
  }

  private static long number(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name))
        .map(AttributeValue::n)
        .map(Long::parseLong)
        .orElse(0L);
  }

  public boolean isOpen() {
    return state.equals("PENDING");
  }

  /** Since it was started. */
  public Duration age(Instant now) {
    return Duration.between(startedAt, now);
  }

  /** Until when, from now; of one that has ended, how long it took. */
  public String remaining(Instant now) {
    if (!isOpen()) {
      return finishedAt
          .map(finished -> "took " + DurationText.of(Duration.between(startedAt, finished)))
          .orElse("ended");
    }
    Duration left = Duration.between(now, deadline);
    return left.isNegative()
        ? DurationText.of(left.negated()) + " past"
        : "in " + DurationText.of(left);
  }

  /**
   * @param whole with what was asked and what came of it
   */
  ObjectNode json(Instant now, boolean whole) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("operation_id", id)
            .put("state", state)
            .put("agent", agent)
            .put("purpose", purpose)
            .put("processor", processor)
            .put("attempt", attempt)
            .put("correlation_id", correlationId)
            .put("started_at", startedAt.toString())
            .put("age_seconds", age(now).toSeconds())
            .put("deadline", deadline.toString());
    acceptedAt.ifPresent(at -> json.put("accepted_at", at.toString()));
    finishedAt.ifPresent(at -> json.put("finished_at", at.toString()).put("published", published));
    if (whole) {
      request.ifPresent(text -> put(json, "request", text));
      result.ifPresent(text -> put(json, "result", text));
    }
    error.ifPresent(text -> json.put("error", text));
    return json;
  }

  private static void put(ObjectNode json, String name, String text) {
    if (Json.parse(text) instanceof Json.Parsed.Read(var value)) {
      json.set(name, value);
    } else {
      json.put(name, text);
    }
  }
}

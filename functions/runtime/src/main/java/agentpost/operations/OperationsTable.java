package agentpost.operations;

import static agentpost.catalog.EnvironmentVariables.OPERATIONS_TABLE;
import static agentpost.operations.OperationRow.number;
import static agentpost.operations.OperationRow.text;

import agentpost.platform.Environment;
import agentpost.platform.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.Select;

/**
 * The table of operations, key {@code correlation_id}. An operation leaves PENDING by one
 * conditional write, and that write also puts the event to publish on the row, where a waiting
 * task's token is already: neither can be without the other. Two sparse indexes find the open ones
 * by deadline, and those whose event is not certain to be on the bus, or whose task is not certain
 * to know. Failures of DynamoDB itself are thrown as the SDK throws them.
 */
public final class OperationsTable {
  private static final String OPEN = "open-by-deadline";
  private static final String UNPUBLISHED = "unpublished";

  /** What came of ending an operation. */
  public sealed interface EndResult {
    /** This call ended it. */
    record Won(Operation operation) implements EndResult {}

    /** It had ended, or its deadline forbids this ending. */
    record Lost(Operation operation) implements EndResult {}

    record Unknown() implements EndResult {}
  }

  /**
   * @param after where the next page begins; empty if there is none
   */
  public record Page(List<OperationId> ids, Map<String, AttributeValue> after) {}

  private final DynamoDbClient client;
  private final String table;
  private final OperationRow rows = new OperationRow();

  public OperationsTable(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  public static OperationsTable from(Platform platform) {
    String table =
        Environment.require(platform.environment(), OPERATIONS_TABLE).get(OPERATIONS_TABLE);
    return new OperationsTable(platform.aws().create(DynamoDbClient.builder()), table);
  }

  /** The operation as it begins now, or as it is if it began before. */
  public Operation record(OperationRequest request, Instant now) {
    Map<String, AttributeValue> row = rows.of(request, now);
    try {
      client.putItem(
          put ->
              put.tableName(table)
                  .item(row)
                  .conditionExpression("attribute_not_exists(correlation_id)")
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return Operation.of(request, now);
    } catch (ConditionalCheckFailedException e) {
      Operation known = rows.read(e.item());
      return request.task().isPresent() ? recordWaiting(known, request.task().get()) : known;
    }
  }

  /**
   * Each try of a workflow's task has another token, and the last one is who waits. An operation
   * that has ended is put among the unpublished again, so that the timeout handler tells the task.
   */
  private Operation recordWaiting(Operation known, TaskToken task) {
    if (known.task().equals(Optional.of(task))) {
      return known;
    }
    boolean open = known.ending().isEmpty();
    try {
      Map<String, AttributeValue> row =
          client
              .updateItem(
                  update ->
                      update
                          .tableName(table)
                          .key(key(known.id()))
                          .updateExpression(
                              open
                                  ? "SET task_token = :task"
                                  : "SET task_token = :task, unpublished = :yes")
                          .conditionExpression("#status = :known")
                          .expressionAttributeNames(Map.of("#status", "status"))
                          .expressionAttributeValues(waitingValues(known, task, open))
                          .returnValues("ALL_NEW")
                          .returnValuesOnConditionCheckFailure(
                              ReturnValuesOnConditionCheckFailure.ALL_OLD))
              .attributes();
      return rows.read(row);
    } catch (ConditionalCheckFailedException e) {
      // It ended between the two calls, which it does once.
      return recordWaiting(rows.read(e.item()), task);
    }
  }

  private static Map<String, AttributeValue> waitingValues(
      Operation known, TaskToken task, boolean open) {
    Map<String, AttributeValue> values =
        new LinkedHashMap<>(
            Map.of(":task", text(task.value()), ":known", text(known.status().name())));
    if (!open) {
      values.put(":yes", text("yes"));
    }
    return values;
  }

  public Optional<Operation> find(OperationId id) {
    Map<String, AttributeValue> row =
        client.getItem(get -> get.tableName(table).key(key(id)).consistentRead(true)).item();
    return row.isEmpty() ? Optional.empty() : Optional.of(rows.read(row));
  }

  /** Notes that the processor has the request, so that it is not sent again. */
  public void recordAccepted(OperationId id, Instant now) {
    try {
      client.updateItem(
          update ->
              update
                  .tableName(table)
                  .key(key(id))
                  .updateExpression("SET accepted_at = :now")
                  .conditionExpression("attribute_exists(correlation_id)")
                  .expressionAttributeValues(Map.of(":now", text(now.toString()))));
    } catch (ConditionalCheckFailedException e) {
      throw new IllegalStateException("Operation " + id + " was accepted and has no row", e);
    }
  }

  /**
   * The one write by which an operation ends: of several at the same instant one wins. The deadline
   * is for it to decide, too.
   */
  public EndResult end(Operation operation, OperationResult ending, Instant now) {
    Map<String, AttributeValue> values = new LinkedHashMap<>();
    values.put(":pending", text(OperationStatus.PENDING.name()));
    values.put(":status", text(ending.status().name()));
    values.put(":event", text(rows.write(operation.event(ending, now))));
    values.put(":yes", text("yes"));
    values.put(":now", text(now.toString()));
    values.put(":now_seconds", number(now.getEpochSecond()));
    String set =
        "SET #status = :status, #event = :event, unpublished = :yes, completed_at = :now_seconds,"
            + " finished_at = :now";
    String outcome =
        switch (ending) {
          case OperationResult.Completed(var result) -> {
            values.put(":outcome", text(result.toString()));
            yield ", #result = :outcome";
          }
          case OperationResult.Failed(var error) -> {
            values.put(":outcome", text(error));
            yield ", #error = :outcome";
          }
          case OperationResult.TimedOut _ -> "";
        };
    Map<String, String> names =
        new LinkedHashMap<>(
            Map.of(
                "#status", "status", "#event", "event", "#open", "open", "#deadline", "deadline"));
    switch (ending) {
      case OperationResult.Completed _ -> names.put("#result", "result");
      case OperationResult.Failed _ -> names.put("#error", "error");
      case OperationResult.TimedOut _ -> {}
    }
    String inTime =
        ending instanceof OperationResult.TimedOut
            ? "#deadline < :now_seconds"
            : "#deadline >= :now_seconds";
    try {
      Map<String, AttributeValue> row =
          client
              .updateItem(
                  update ->
                      update
                          .tableName(table)
                          .key(key(operation.id()))
                          .updateExpression(set + outcome + " REMOVE #open")
                          .conditionExpression("#status = :pending AND " + inTime)
                          .expressionAttributeNames(names)
                          .expressionAttributeValues(values)
                          .returnValues("ALL_NEW")
                          .returnValuesOnConditionCheckFailure(
                              ReturnValuesOnConditionCheckFailure.ALL_OLD))
              .attributes();
      return new EndResult.Won(rows.read(row));
    } catch (ConditionalCheckFailedException e) {
      return e.item() == null || e.item().isEmpty()
          ? new EndResult.Unknown()
          : new EndResult.Lost(rows.read(e.item()));
    }
  }

  /**
   * Takes off the row what is done of what was to be said. A task that came to wait meanwhile fails
   * the condition, and is left to be told.
   *
   * @param published whether the event is on the bus
   * @param told whether the task that waits, if one does, knows or is gone
   */
  public void recordAnnounced(Operation operation, boolean published, boolean told) {
    List<String> done = new ArrayList<>();
    Map<String, String> names = new LinkedHashMap<>();
    if (published) {
      done.add("#event");
      names.put("#event", "event");
    }
    if (told) {
      done.add(OperationRow.TASK);
    }
    if (published && told) {
      done.add("unpublished");
    }
    Optional<TaskToken> task = operation.task();
    client.updateItem(
        update -> {
          update
              .tableName(table)
              .key(key(operation.id()))
              .updateExpression("REMOVE " + String.join(", ", done));
          update.conditionExpression(
              "attribute_exists(correlation_id) AND (attribute_not_exists(task_token)"
                  + (task.isPresent() ? " OR task_token = :task)" : ")"));
          if (!names.isEmpty()) {
            update.expressionAttributeNames(names);
          }
          task.ifPresent(
              known -> update.expressionAttributeValues(Map.of(":task", text(known.value()))));
        });
  }

  /** Open ones whose deadline is before that, by deadline. */
  public Page findDue(Instant now, int most, Map<String, AttributeValue> after) {
    return page(OPEN, "#hash = :yes AND deadline < :before", "open", now, most, after);
  }

  /** Those that ended before that and whose event is not certain to be on the bus. */
  public Page findUnpublished(Instant before, int most, Map<String, AttributeValue> after) {
    return page(
        UNPUBLISHED, "#hash = :yes AND completed_at < :before", "unpublished", before, most, after);
  }

  /**
   * Those that have not ended, whatever their deadline.
   *
   * @param timeIsLeft or else it is as many as were counted so far
   */
  public long countOpen(BooleanSupplier timeIsLeft) {
    long open = 0;
    Map<String, AttributeValue> after = Map.of();
    do {
      Map<String, AttributeValue> from = after;
      QueryResponse response =
          client.query(
              query ->
                  query
                      .tableName(table)
                      .indexName(OPEN)
                      .select(Select.COUNT)
                      .keyConditionExpression("#hash = :yes")
                      .expressionAttributeNames(Map.of("#hash", "open"))
                      .expressionAttributeValues(Map.of(":yes", text("yes")))
                      .exclusiveStartKey(from.isEmpty() ? null : from));
      open += response.count();
      after = response.hasLastEvaluatedKey() ? response.lastEvaluatedKey() : Map.of();
    } while (!after.isEmpty() && timeIsLeft.getAsBoolean());
    return open;
  }

  private Page page(
      String index,
      String condition,
      String hash,
      Instant before,
      int most,
      Map<String, AttributeValue> after) {
    QueryResponse response =
        client.query(
            query ->
                query
                    .tableName(table)
                    .indexName(index)
                    .keyConditionExpression(condition)
                    .expressionAttributeNames(Map.of("#hash", hash))
                    .expressionAttributeValues(
                        Map.of(":yes", text("yes"), ":before", number(before.getEpochSecond())))
                    .limit(most)
                    .exclusiveStartKey(after.isEmpty() ? null : after));
    List<OperationId> ids =
        response.items().stream()
            .map(row -> row.get("correlation_id"))
            .map(AttributeValue::s)
            .map(OperationId::new)
            .toList();
    return new Page(ids, response.hasLastEvaluatedKey() ? response.lastEvaluatedKey() : Map.of());
  }

  private static Map<String, AttributeValue> key(OperationId id) {
    return Map.of("correlation_id", text(id.value()));
  }
}

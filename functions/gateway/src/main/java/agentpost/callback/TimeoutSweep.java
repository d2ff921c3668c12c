package agentpost.callback;

import agentpost.operations.Operation;
import agentpost.operations.OperationId;
import agentpost.operations.OperationResult;
import agentpost.operations.OperationsTable;
import agentpost.platform.StackTrace;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Ends operations whose deadline has passed, and publishes what a crash left on a row. Both indexes
 * are read a page at a time, oldest first, and a run does a bounded number; one that fails is
 * logged and passed by, so that it never holds up those behind it.
 */
final class TimeoutSweep {
  /**
   * An event younger than this is most likely being published this moment, by whoever ended the
   * operation.
   */
  static final Duration MIN_AGE = Duration.ofSeconds(30);

  /**
   * @param hasMore whether the run ended before it had seen everything
   */
  record Counts(int timedOut, int published, int failed, boolean hasMore) {}

  record Bounds(int page, int perRun) {}

  private final OperationsTable table;
  private final OutcomeOutbox outbox;
  private final Bounds bounds;
  private final Clock clock;
  private final Consumer<String> log;

  TimeoutSweep(
      OperationsTable table,
      OutcomeOutbox outbox,
      Bounds bounds,
      Clock clock,
      Consumer<String> log) {
    this.table = table;
    this.outbox = outbox;
    this.bounds = bounds;
    this.clock = clock;
    this.log = log;
  }

  /**
   * @param timeIsLeft false when the function is about to be stopped
   */
  Counts sweep(BooleanSupplier timeIsLeft) {
    Instant now = clock.instant();
    Pass overdue =
        pass((most, after) -> table.findDue(now, most, after), this::timeOut, timeIsLeft);
    Pass unpublished =
        pass(
            (most, after) -> table.findUnpublished(now.minus(MIN_AGE), most, after),
            outbox::publish,
            timeIsLeft);
    return new Counts(
        overdue.done,
        unpublished.done,
        overdue.failed + unpublished.failed,
        overdue.hasMore || unpublished.hasMore);
  }

  private static final class Pass {
    private int done;
    private int failed;
    private boolean hasMore;
  }

  private Pass pass(
      BiFunction<Integer, Map<String, AttributeValue>, OperationsTable.Page> pages,
      Predicate<Operation> act,
      BooleanSupplier timeIsLeft) {
    Pass pass = new Pass();
    Map<String, AttributeValue> after = Map.of();
    int seen = 0;
    do {
      OperationsTable.Page page =
          pages.apply(Math.min(bounds.page(), bounds.perRun() - seen), after);
      for (OperationId id : page.ids()) {
        if (!timeIsLeft.getAsBoolean()) {
          pass.hasMore = true;
          return pass;
        }
        count(pass, id, act);
      }
      seen += page.ids().size();
      after = page.after();
    } while (!after.isEmpty() && seen < bounds.perRun());
    pass.hasMore = !after.isEmpty();
    return pass;
  }

  private void count(Pass pass, OperationId id, Predicate<Operation> act) {
    try {
      // The index is behind the table by a moment; the row itself says what is so.
      Optional<Operation> operation = table.find(id);
      if (operation.isPresent() && act.test(operation.get())) {
        pass.done++;
      }
    } catch (RuntimeException e) {
      pass.failed++;
      log.accept(
          JsonNodeFactory.instance
              .objectNode()
              .put("message", "not swept")
              .put("operation_id", id.value())
              .put("reason", StackTrace.headline(e))
              .put("stack_trace", StackTrace.of(e))
              .toString());
    }
  }

  /** True if this run ended it; a callback that came first has won. */
  private boolean timeOut(Operation operation) {
    if (operation.ending().isPresent()) {
      return false;
    }
    if (table.end(operation, new OperationResult.TimedOut(), clock.instant())
        instanceof OperationsTable.EndResult.Won(var ended)) {
      outbox.publish(ended);
      return true;
    }
    return false;
  }

  static Map<String, Object> figures(Counts swept) {
    return Map.of(
        "timed_out",
        swept.timedOut(),
        "published",
        swept.published(),
        "failed",
        swept.failed(),
        "has_more",
        swept.hasMore());
  }
}

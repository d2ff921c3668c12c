package agentpost.callback;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;

import agentpost.metrics.MetricLine;
import agentpost.operations.OperationsTable;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Run every minute, with any input: ends operations past their deadline, publishes what was left
 * unpublished and tells tasks that wait. Answers with the figures, and counts the run and what is
 * open: that there is no run is an alarm. Environment: OPERATIONS_TABLE, BUS_NAME.
 */
public final class TimeoutHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  private static final TimeoutSweep.Bounds BOUNDS = new TimeoutSweep.Bounds(100, 1000);

  /**
   * For the operation in hand when time runs short: a write, PutEvents with its retries, a call to
   * Step Functions, a write.
   */
  private static final int FINISH_RESERVE_MILLIS = 7_000;

  private final OperationsTable table;
  private final TimeoutSweep sweep;
  private final String bus;
  private final Clock clock;
  private final Consumer<String> log;

  public TimeoutHandler() {
    this(Platform.lambda());
  }

  public TimeoutHandler(Platform platform) {
    this.table = OperationsTable.from(platform);
    this.sweep =
        new TimeoutSweep(
            table,
            OutcomeOutbox.from(platform, table),
            BOUNDS,
            platform.deadlines(),
            platform.log());
    this.bus = Environment.require(platform.environment(), BUS_NAME).get(BUS_NAME);
    this.clock = platform.clock();
    this.log = platform.log();
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    BooleanSupplier timeIsLeft = () -> context.getRemainingTimeInMillis() > FINISH_RESERVE_MILLIS;
    TimeoutSweep.Counts counts = sweep.sweep(timeIsLeft);
    Map<String, Object> figures = TimeoutSweep.figures(counts);
    log.accept(
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "swept")
            .putPOJO("figures", figures)
            .toString());
    MetricLine run = metrics().metric("TimeoutHandlerHeartbeat", 1, "Count");
    if (counts.timedOut() > 0) {
      run.metric("OperationsTimedOut", counts.timedOut(), "Count");
    }
    log.accept(run.text());
    // Last: that it cannot be counted takes nothing from what the run has done.
    long open = table.countOpen(timeIsLeft);
    if (open > 0) {
      log.accept(metrics().metric("OperationsOpen", open, "Count").text());
    }
    return figures;
  }

  /** Only what there is any of: a metric is paid for in the hours in which it has a value. */
  private MetricLine metrics() {
    return new MetricLine(clock.instant(), new TreeMap<>(Map.of("Bus", bus)));
  }
}

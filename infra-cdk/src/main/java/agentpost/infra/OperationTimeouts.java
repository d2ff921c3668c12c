package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.OPERATIONS_TABLE;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import software.constructs.Construct;

/**
 * The function that finds operations past their deadline and publishes what is not on the bus yet,
 * every minute.
 */
final class OperationTimeouts extends Construct {
  /** Ends before the next run begins. */
  static final int TIMEOUT_SECONDS = 50;

  private final JavaFunction handler;

  OperationTimeouts(Construct scope, StackContext foundation, ScheduleGroup schedules) {
    super(scope, "Timeouts");
    ResourceNames names = foundation.names();
    String table = foundation.tables().operations().getTableArn();
    handler =
        new JavaFunction(
            this,
            "Handler",
            names.part("timeout-handler"),
            "agentpost.callback.TimeoutHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            Map.of(
                OPERATIONS_TABLE,
                foundation.tables().operations().getTableName(),
                BUS_NAME,
                foundation.bus().name()));
    handler.allow(
        List.of("dynamodb:Query"), table + "/index/open-by-deadline", table + "/index/unpublished");
    handler.allow(List.of("dynamodb:GetItem", "dynamodb:UpdateItem"), table);
    handler.allow(foundation.bus().allowPutAs(List.of("operations")));
    new EveryMinute(
        this,
        names.part("timeout-handler"),
        "Operations past their deadline",
        "Scheduler looks for operations past their deadline",
        handler,
        schedules);
  }

  JavaFunction handler() {
    return handler;
  }
}

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
final class OperationSweeper extends Construct {
  /** Ends before the next run begins. */
  private static final int TIMEOUT_SECONDS = 50;

  private final JavaFunction sweeper;

  OperationSweeper(Construct scope, StackContext foundation) {
    super(scope, "Deadlines");
    ResourceNames names = foundation.names();
    String table = foundation.tables().operations().getTableArn();
    sweeper =
        new JavaFunction(
            this,
            "Sweeper",
            names.part("deadlines"),
            "agentpost.callback.SweeperHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            Map.of(
                OPERATIONS_TABLE,
                foundation.tables().operations().getTableName(),
                BUS_NAME,
                foundation.bus().name()));
    sweeper.allow(
        List.of("dynamodb:Query"), table + "/index/open-by-deadline", table + "/index/unpublished");
    sweeper.allow(List.of("dynamodb:GetItem", "dynamodb:UpdateItem"), table);
    sweeper.allow(foundation.bus().allowPutAs(List.of("operations")));
    new EveryMinute(
        this,
        names.part("deadlines"),
        "Operations past their deadline",
        "Scheduler looks for operations past their deadline",
        sweeper);
  }

  JavaFunction sweeper() {
    return sweeper;
  }
}

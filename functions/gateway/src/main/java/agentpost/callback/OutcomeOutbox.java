package agentpost.callback;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;

import agentpost.operations.Operation;
import agentpost.operations.OperationsTable;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.Publisher;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says what operations' rows hold to be said: the event to the bus, the outcome to the workflow's
 * task that waits. Then it is taken off the row. A crash between the two says it again, the event
 * under the same id; one before the first leaves it for the timeout handler.
 */
final class OutcomeOutbox {
  /**
   * A workflow's task is over by now, whatever keeps it from being told; it must not take the
   * timeout handler's time for ever.
   */
  private static final Duration NOTIFY_TIMEOUT = Duration.ofDays(1);

  private final OperationsTable table;
  private final Publisher publisher;
  private final WorkflowTasks tasks;
  private final Clock deadlines;
  private final Consumer<String> log;

  OutcomeOutbox(
      OperationsTable table,
      Publisher publisher,
      WorkflowTasks tasks,
      Clock deadlines,
      Consumer<String> log) {
    this.table = table;
    this.publisher = publisher;
    this.tasks = tasks;
    this.deadlines = deadlines;
    this.log = log;
  }

  static OutcomeOutbox from(Platform platform, OperationsTable table) {
    String bus = Environment.require(platform.environment(), BUS_NAME).get(BUS_NAME);
    return new OutcomeOutbox(
        table,
        EventBridgePublisher.from(platform, bus),
        WorkflowTasks.from(platform),
        platform.deadlines(),
        platform.log());
  }

  /** True if nothing is left to be said of the operation. */
  boolean publish(Operation operation) {
    boolean hasEvent = operation.unpublished().isPresent();
    boolean hasTask = operation.ending().isPresent() && operation.task().isPresent();
    if (!hasEvent && !hasTask) {
      return true;
    }
    boolean published = !hasEvent || publishEvent(operation);
    boolean told = !hasTask || notifyTask(operation);
    if ((hasEvent && published) || (hasTask && told)) {
      try {
        table.recordAnnounced(operation, published, told);
      } catch (SdkException e) {
        log(
            operation,
            "left for the timeout handler",
            "said, not noted: " + e.getClass().getSimpleName());
        return false;
      }
    }
    return published && told;
  }

  private boolean publishEvent(Operation operation) {
    if (publisher.publish(operation.unpublished().stream().toList())
        instanceof Publisher.Publication.Failed(var reasons, _)) {
      log(operation, "left for the timeout handler", String.join("; ", reasons));
      return false;
    }
    return true;
  }

  private boolean notifyTask(Operation operation) {
    return switch (tasks.tell(
        operation.task().orElseThrow(), operation, operation.ending().orElseThrow())) {
      case WorkflowTasks.NotifyResult.Taken _ -> true;
      case WorkflowTasks.NotifyResult.Gone(var why) -> {
        log(operation, "no task waits any more", why);
        yield true;
      }
      case WorkflowTasks.NotifyResult.NotNow(var why) -> {
        boolean over = deadlines.instant().isAfter(operation.deadline().plus(NOTIFY_TIMEOUT));
        log(
            operation,
            over ? "given up" : "left for the timeout handler",
            "the waiting task was not told: " + why);
        yield over;
      }
    };
  }

  private void log(Operation operation, String message, String why) {
    log.accept(
        operation
            .request()
            .objectNode()
            .put("message", message)
            .put("operation_id", operation.id().value())
            .put("reason", why)
            .toString());
  }
}

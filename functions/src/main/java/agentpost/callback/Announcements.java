package agentpost.callback;

import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.Publisher;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Publishes what operations' rows hold to be published, and then takes it off the row. A crash between the two publishes it again under
 * the same id; one before the first leaves it for the sweeper.
 */
final class Announcements {
  private final OperationsTable table;
  private final Publisher publisher;
  private final Consumer<String> log;

  Announcements(OperationsTable table, Publisher publisher, Consumer<String> log) {
    this.table = table;
    this.publisher = publisher;
    this.log = log;
  }

  static Announcements on(Platform platform, OperationsTable table) {
    String bus = Environment.requiring(platform.environment(), "BUS_NAME").get("BUS_NAME");
    return new Announcements(table, EventBridgePublisher.on(platform, bus), platform.log());
  }

  /** True if the operation has nothing left to be published. */
  boolean publish(Operation operation) {
    if (operation.unpublished().isEmpty()) {
      return true;
    }
    if (publisher.publish(List.of(operation.unpublished().get())) instanceof Publisher.Publication.Failed(var reasons)) {
      return left(operation, String.join("; ", reasons));
    }
    try {
      table.published(operation.id());
      return true;
    } catch (SdkException e) {
      return left(operation, "published, not noted: " + e.getClass().getSimpleName());
    }
  }

  private boolean left(Operation operation, String why) {
    log.accept(
        operation.request().objectNode()
            .put("message", "left for the sweeper")
            .put("operation_id", operation.id().value())
            .put("reason", why)
            .toString());
    return false;
  }
}

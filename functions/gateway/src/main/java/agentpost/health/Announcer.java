package agentpost.health;

import agentpost.event.Event;
import agentpost.platform.LogFields;
import agentpost.publish.Publisher;
import java.util.List;
import java.util.function.Consumer;

/**
 * Publishes events that a row calls for; what does not get onto the bus, the next run publishes.
 */
record Announcer(Publisher publisher, Consumer<String> log) {
  boolean publish(Event event) {
    if (publisher.publish(List.of(event)) instanceof Publisher.Publication.Failed(var reasons, _)) {
      log.accept(
          LogFields.of("event_id", event.id().value())
              .with("event_type", event.type())
              .with("reason", String.join("; ", reasons))
              .toLine("left for the next run"));
      return false;
    }
    return true;
  }
}

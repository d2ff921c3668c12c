package agentpost.cli.events;

import agentpost.event.Event;
import com.fasterxml.jackson.databind.node.ObjectNode;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** An event as PutEvents takes it. */
public final class BusEntry {
  private BusEntry() {}

  /**
   * @param event as it was read from the envelope; the envelope's id may be another
   */
  public static PutEventsRequestEntry of(String bus, ObjectNode envelope, Event event) {
    return PutEventsRequestEntry.builder()
        .eventBusName(bus)
        .source(event.metadata().sourceService())
        .detailType(event.type())
        .time(event.timestamp())
        .detail(envelope.toString())
        .build();
  }
}

package agentpost.local.eventbridge.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.storage.Spool;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An event that a bus took, until the last of its deliveries is over. It waits on disk: there may
 * be many, and each may wait for a day.
 */
public final class AcceptedEvent {
  private final Spool.Kept text;
  private final String id;
  private final String busId;
  private final Instant at;
  private final boolean forwarded;
  private final AtomicInteger deliveries;

  /**
   * @param event as it is in {@code text}
   * @param at when this bus took it: its age counts from then
   * @param forwarded whether it came from another bus
   */
  AcceptedEvent(ObjectNode event, Spool.Kept text, Instant at, boolean forwarded, int deliveries) {
    this.text = text;
    this.id = AcceptedEvent.idOf(event);
    this.busId = event.path("id").asText();
    this.at = at;
    this.forwarded = forwarded;
    this.deliveries = new AtomicInteger(deliveries);
  }

  ObjectNode json() {
    return EventJson.read(text());
  }

  String text() {
    return new String(
        text.bytes()
            .orElseThrow(() -> new IllegalStateException("The event's last delivery is over")),
        UTF_8);
  }

  /** The envelope's own, if it has one. */
  String id() {
    return id;
  }

  /** What PutEvents answered. */
  String busId() {
    return busId;
  }

  Instant at() {
    return at;
  }

  boolean forwarded() {
    return forwarded;
  }

  /** One of its deliveries is over. */
  void endDelivery() {
    if (deliveries.decrementAndGet() == 0) {
      text.release();
    }
  }

  /** The envelope's own id if its detail has one, else EventBridge's. */
  static String idOf(ObjectNode event) {
    JsonNode own = event.path("detail").path("event_id");
    return own.isTextual() ? own.asText() : event.path("id").asText();
  }

  /** When it happened, as whoever put it says. */
  public static Instant timeOf(ObjectNode event) {
    return Instant.parse(event.path("time").asText());
  }
}

package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventId;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * One event of a delivery as its sender wrote it.
 *
 * @param type what it is about; empty if it does not say
 * @param number from 1, among several; nothing if the delivery is one event
 * @param line of the log, where what becomes of it is written
 */
record Element(
    Ingest.Delivery delivery, JsonNode payload, String type, OptionalInt number, ObjectNode line) {
  /**
   * The same when the delivery comes again: what tells the delivery, and which of its events this
   * is.
   */
  String signedId() {
    return delivery.id() + (number.isPresent() ? "." + number.getAsInt() : "");
  }

  /**
   * Of what is published of it. The type is part of it: some third parties send one body under two
   * topics, which are two events, and tell them apart in a header alone.
   *
   * @param id of this event at its sender, in any form and of any length
   */
  EventId deriveId(String id, String step) {
    byte[] cause = (type.length() + "." + type + "." + id).getBytes(UTF_8);
    return EventId.derive(
        delivery.source().name().value(),
        new EventId(HexFormat.of().formatHex(Digest.sha256(cause))),
        step);
  }

  /** As it was signed, or its own part of that. */
  byte[] body() {
    return number.isPresent() ? payload.toString().getBytes(UTF_8) : delivery.received().body();
  }
}

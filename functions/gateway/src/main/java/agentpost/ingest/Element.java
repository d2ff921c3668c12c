package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventId;
import agentpost.event.Truncation;
import agentpost.platform.LogFields;
import agentpost.signing.Digest;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalInt;

/**
 * One event of a delivery as its sender wrote it.
 *
 * @param type what it is about; empty if it does not say
 * @param number from 1, among several; nothing if the delivery is one event
 */
record Element(Ingest.Delivery delivery, JsonNode payload, String type, OptionalInt number) {
  private static final int MAX_TYPE_SHOWN = 100;

  /** What it is about, for people. */
  String shownType() {
    return Truncation.truncate(type, MAX_TYPE_SHOWN);
  }

  /** What the log says of it, whatever becomes of it. */
  LogFields fields() {
    return type.isEmpty() ? LogFields.NONE : LogFields.of("type", shownType());
  }

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
        delivery.source().name().value(), new EventId(Digest.sha256Hex(cause)), step);
  }

  /** As it was signed, or its own part of that. */
  byte[] body() {
    return number.isPresent() ? payload.toString().getBytes(UTF_8) : delivery.received().body();
  }
}

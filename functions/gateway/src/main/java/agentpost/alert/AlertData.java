package agentpost.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.Truncation;
import agentpost.schemas.IdText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * The data of an {@code alert.raised}, from what an AWS event says. Whatever the event says or
 * leaves out, it fits the schema: an alert that does not look as expected is the last one to lose.
 *
 * @param fingerprint what the same trouble has in common, after the account and region, which are
 *     put before it
 * @param severity {@code info}, {@code warning} or {@code critical}
 * @param resource what it is about; empty if that is not known
 */
record AlertData(
    String source,
    String kind,
    String fingerprint,
    String severity,
    boolean resolved,
    String title,
    String resource,
    Optional<Instant> startedAt) {
  private static final int MAX_FINGERPRINT_LENGTH = 512;
  private static final int MAX_SOURCE_LENGTH = 256;
  private static final int MAX_TITLE_LENGTH = 512;
  private static final int MAX_RESOURCE_LENGTH = 2048;
  private static final int MAX_DETAILS_BYTES = 900_000;

  ObjectNode data(JsonNode event) {
    String where =
        source + "/" + event.path("account").asText() + "/" + event.path("region").asText() + "/";
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put(
                "fingerprint",
                Truncation.truncate(
                    IdText.withoutControls(where + fingerprint), MAX_FINGERPRINT_LENGTH))
            .put("kind", kind)
            .put("severity", severity)
            .put("state", resolved ? "resolved" : "raised")
            .put("source", Truncation.truncate(source, MAX_SOURCE_LENGTH))
            .put(
                "title",
                Truncation.truncate(
                    IdText.isBlank(title) ? source + " says nothing more" : title,
                    MAX_TITLE_LENGTH));
    if (!resource.isEmpty()) {
      data.put("resource", Truncation.truncate(resource, MAX_RESOURCE_LENGTH));
    }
    startedAt.ifPresent(at -> data.put("started_at", at.toString()));
    if (event.path("detail").isObject() && isReadable(event.path("detail"))) {
      data.set("details", event.path("detail"));
    }
    return data;
  }

  /** A time as RFC 3339 has it; nothing if the value is none. */
  static Optional<Instant> time(JsonNode value) {
    return Event.time(value).map(OffsetDateTime::toInstant);
  }

  /**
   * Agents read no event that nests too deep or has a number of hundreds of digits, and the bus
   * takes none of 1 MB: such details are left out, and the alert is not.
   */
  private static boolean isReadable(JsonNode details) {
    if (details.toString().getBytes(UTF_8).length > MAX_DETAILS_BYTES) {
      return false;
    }
    ObjectNode envelope = JsonNodeFactory.instance.objectNode();
    envelope.putObject("data").set("details", details);
    return new EventCodec().parse(envelope.toString()) instanceof EventCodec.Parsed.Json;
  }
}

package agentpost.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventCodec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * The data of an {@code alert.raised}, from what an AWS event says. Whatever the event says or leaves out, it fits the schema: an alert that does not
 * look as expected is the last one to lose.
 *
 * @param fingerprint what the same trouble has in common, after the account and region, which are put before it
 * @param severity {@code info}, {@code warning} or {@code critical}
 * @param resource what it is about; empty if that is not known
 */
record AlertData(String source, String kind, String fingerprint, String severity, boolean resolved, String title, String resource, Optional<Instant> startedAt) {
  private static final int LONGEST_FINGERPRINT = 512;
  private static final int LONGEST_SOURCE = 256;
  private static final int LONGEST_TITLE = 512;
  private static final int LONGEST_RESOURCE = 2048;

  /** Years as RFC 3339 writes them. */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  ObjectNode data(JsonNode event) {
    String where = source + "/" + event.path("account").asText() + "/" + event.path("region").asText() + "/";
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("fingerprint", cut(where + fingerprint, LONGEST_FINGERPRINT))
            .put("kind", kind)
            .put("severity", severity)
            .put("state", resolved ? "resolved" : "raised")
            .put("source", cut(source, LONGEST_SOURCE))
            .put("title", cut(title.isBlank() ? source + " says nothing more" : title, LONGEST_TITLE));
    if (!resource.isEmpty()) {
      data.put("resource", cut(resource, LONGEST_RESOURCE));
    }
    startedAt.ifPresent(at -> data.put("started_at", at.toString()));
    if (event.path("detail").isObject() && isReadable(event.path("detail"))) {
      data.set("details", event.path("detail"));
    }
    return data;
  }

  /** A time as RFC 3339 has it; nothing if the text is none. */
  static Optional<Instant> time(JsonNode text) {
    try {
      return Optional.of(OffsetDateTime.parse(text.asText()).toInstant()).filter(at -> !at.isBefore(FIRST) && !at.isAfter(LAST));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Agents read no event that nests too deep or has a number of hundreds of digits: such details are left out, and the alert is not. */
  private static boolean isReadable(JsonNode details) {
    ObjectNode envelope = JsonNodeFactory.instance.objectNode();
    envelope.putObject("data").set("details", details);
    return new EventCodec().parse(envelope.toString().getBytes(UTF_8)) instanceof EventCodec.Parsed.Json;
  }

  /** By characters, as the schema counts them, so that no pair is taken apart. */
  private static String cut(String text, int most) {
    return text.codePointCount(0, text.length()) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most));
  }
}

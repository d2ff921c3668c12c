package agentpost.alerts;

import agentpost.event.Event;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What an {@code alert.raised} says. */
record Alert(
    String fingerprint,
    String kind,
    Severity severity,
    boolean resolved,
    String source,
    String title,
    Optional<String> resource,
    Instant at) {
  /** How soon someone should look; the last is the highest. */
  enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    static Severity of(String label) {
      return valueOf(label.toUpperCase(Locale.ROOT));
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Alert of(Event event) {
    JsonNode data = event.data();
    return new Alert(
        data.path("fingerprint").asText(),
        data.path("kind").asText(),
        Severity.of(data.path("severity").asText()),
        data.path("state").asText().equals("resolved"),
        data.path("source").asText(),
        data.path("title").asText(),
        Optional.ofNullable(data.get("resource")).map(JsonNode::asText),
        event.timestamp());
  }
}

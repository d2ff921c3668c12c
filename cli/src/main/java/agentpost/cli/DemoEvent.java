package agentpost.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/**
 * The example that the demo puts, with its {@code timestamp} set to now: the trial of someone who signed up on the example's day is over, and
 * nothing would be planned for it.
 *
 * @param id the envelope's {@code event_id}
 */
record DemoEvent(String id, PutEventsRequestEntry entry) {
  private static final JsonMapper JSON = new JsonMapper();

  static DemoEvent read(Path entriesFile, Instant now) {
    try {
      JsonNode entry = JSON.readTree(Files.readString(entriesFile)).path(0);
      Instant timestamp = now.truncatedTo(ChronoUnit.SECONDS);
      JsonNode envelope = envelope(entry, timestamp);
      return new DemoEvent(
          envelope.path("event_id").asText(),
          PutEventsRequestEntry.builder()
              .eventBusName(entry.path("EventBusName").asText())
              .source(entry.path("Source").asText())
              .detailType(entry.path("DetailType").asText())
              .time(timestamp)
              .detail(envelope.toString())
              .build());
    } catch (IOException e) {
      throw new CommandFailure("the example " + entriesFile + " cannot be read: " + e);
    }
  }

  /** A lead's example under an id and a correlation id of its own, for two are put and the examples share theirs. */
  static DemoEvent lead(Path envelopeFile, String id, Instant now) {
    try {
      Instant timestamp = now.truncatedTo(ChronoUnit.SECONDS);
      ObjectNode envelope = (ObjectNode) JSON.readTree(Files.readString(envelopeFile));
      envelope.put("event_id", id).put("timestamp", timestamp.toString());
      envelope.withObjectProperty("metadata").put("correlation_id", "corr-" + id);
      return new DemoEvent(
          id,
          PutEventsRequestEntry.builder()
              .eventBusName("agentpost")
              .source(envelope.path("metadata").path("source_service").asText())
              .detailType(envelope.path("event_type").asText())
              .time(timestamp)
              .detail(envelope.toString())
              .build());
    } catch (IOException e) {
      throw new CommandFailure("the example " + envelopeFile + " cannot be read: " + e);
    }
  }

  private static JsonNode envelope(JsonNode entry, Instant timestamp) throws JsonProcessingException {
    JsonNode envelope = JSON.readTree(entry.path("Detail").asText());
    return envelope instanceof ObjectNode object ? object.put("timestamp", timestamp.toString()) : envelope;
  }
}

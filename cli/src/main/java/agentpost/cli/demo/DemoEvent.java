package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.FileErrors;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/**
 * The example that the demo puts, with its {@code timestamp} set to now: the trial of someone who
 * signed up on the example's day is over, and nothing would be planned for it.
 *
 * @param id the envelope's {@code event_id}
 */
record DemoEvent(String id, PutEventsRequestEntry entry) {
  static DemoEvent read(Path entriesFile, Instant now) {
    try {
      JsonNode entry = read(entriesFile).path(0);
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
      throw new CommandFailure(
          "the example " + entriesFile + " cannot be read: " + FileErrors.explain(e));
    }
  }

  /**
   * A lead's example under an id and a correlation id of its own, for two are put and the examples
   * share theirs.
   */
  static DemoEvent lead(Path envelopeFile, String id, Instant now) {
    try {
      Instant timestamp = now.truncatedTo(ChronoUnit.SECONDS);
      ObjectNode envelope = (ObjectNode) read(envelopeFile);
      envelope.put("event_id", id).put("timestamp", timestamp.toString());
      envelope.withObjectProperty("metadata").put("correlation_id", "corr-" + id);
      return new DemoEvent(
          id,
          PutEventsRequestEntry.builder()
              .eventBusName(ResourceNames.PRODUCT)
              .source(envelope.path("metadata").path("source_service").asText())
              .detailType(envelope.path("event_type").asText())
              .time(timestamp)
              .detail(envelope.toString())
              .build());
    } catch (IOException e) {
      throw new CommandFailure(
          "the example " + envelopeFile + " cannot be read: " + FileErrors.explain(e));
    }
  }

  private static JsonNode envelope(JsonNode entry, Instant timestamp) throws IOException {
    JsonNode envelope = json(Json.parse(entry.path("Detail").asText()));
    return envelope instanceof ObjectNode object
        ? object.put("timestamp", timestamp.toString())
        : envelope;
  }

  /** To the digit, as {@code put} reads it. */
  static JsonNode read(Path file) throws IOException {
    return json(Json.parse(Files.readAllBytes(file)));
  }

  private static JsonNode json(Json.Parsed parsed) throws IOException {
    return switch (parsed) {
      case Json.Parsed.Read(var value) -> value;
      case Json.Parsed.NotJson(var why) -> throw new IOException("it " + why);
    };
  }
}

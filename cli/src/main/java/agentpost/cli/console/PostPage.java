package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.events.BusEntry;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.FileErrors;
import agentpost.event.Event;
import agentpost.event.EventReader;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/** Puts an event on the bus, validated as {@code ./agentpost put} does it. */
final class PostPage {
  private final CloudOptions place;
  private final DeliveryHistory history;

  PostPage(CloudOptions place, DeliveryHistory history) {
    this.place = place;
    this.history = history;
  }

  record Choice(String name, boolean isSelected) {}

  View handle(PageRequest page) {
    EventSchemas schemas = ProjectSchemas.load();
    if (page.isPost()) {
      return put(page, schemas);
    }
    String event = page.query("event");
    if (!event.isEmpty()) {
      Optional<String> envelope = history.envelope(event);
      return envelope.isPresent()
          ? editor(schemas, typeOf(envelope.get()), pretty(envelope.get()), List.of(), true)
          : View.message(404, "No such event", "The timeline has no event " + event + ".");
    }
    String type = page.query("type");
    String chosen = schemas.eventTypes().contains(type) ? type : firstType(schemas);
    return editor(schemas, chosen, example(chosen), List.of(), false);
  }

  /** One of the project's own with an example, if there is one: their folder is the last. */
  private static String firstType(EventSchemas schemas) {
    return ProjectSchemas.folders().reversed().stream()
        .flatMap(
            folder ->
                schemas.eventTypes().stream()
                    .filter(type -> !ProjectSchemas.listExamples(List.of(folder), type).isEmpty()))
        .findFirst()
        .orElseGet(() -> schemas.eventTypes().getFirst());
  }

  private static View editor(
      EventSchemas schemas, String type, String text, List<Mistake> mistakes, boolean isOld) {
    boolean isKnown = schemas.eventTypes().contains(type);
    JsonNode schema =
        isKnown ? schemas.newestDocument(type) : JsonNodeFactory.instance.objectNode();
    return new View.Html(
        "post",
        "Post an event",
        "post",
        Map.of(
            "types",
                schemas.eventTypes().stream()
                    .map(name -> new Choice(name, name.equals(type)))
                    .toList(),
            "type", type,
            "meaning", schema.path("description").asText(),
            "text", text,
            "mistakes", mistakes,
            "wrong", !mistakes.isEmpty(),
            "old", isOld));
  }

  /** The schema's example as an event of its own, which happens now. */
  private static String example(String type) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return pretty(
        ProjectSchemas.findExample(type)
            .map(PostPage::read)
            .orElseGet(() -> blank(type))
            .put("event_id", UUID.randomUUID().toString())
            .put("timestamp", now.toString())
            .toString());
  }

  private static ObjectNode blank(String type) {
    ObjectNode envelope =
        JsonNodeFactory.instance
            .objectNode()
            .put("event_id", "")
            .put("event_type", type)
            .put("timestamp", "");
    envelope.putObject("data");
    envelope.putObject("metadata").put("source_service", "console").put("correlation_id", "try-1");
    return envelope;
  }

  private static ObjectNode read(Path example) {
    try {
      return Json.parse(Files.readAllBytes(example))
              instanceof Json.Parsed.Read(ObjectNode envelope)
          ? envelope
          : blank("");
    } catch (IOException e) {
      throw new CommandFailure(example + " cannot be read: " + FileErrors.explain(e));
    }
  }

  private static String pretty(String json) {
    return Json.parse(json.getBytes(UTF_8)) instanceof Json.Parsed.Read(var read)
        ? read.toPrettyString()
        : json;
  }

  private static String typeOf(String envelope) {
    return Json.parse(envelope.getBytes(UTF_8)) instanceof Json.Parsed.Read(var read)
        ? read.path("event_type").asText()
        : "";
  }

  private View put(PageRequest page, EventSchemas schemas) {
    String text = page.field("envelope");
    boolean newId = page.field("new_id").equals("yes");
    EventReader.Reading reading = new EventReader(schemas).read(text);
    return reading instanceof EventReader.Reading.Valid(var envelope, var event)
        ? send(
            newId ? envelope.deepCopy().put("event_id", UUID.randomUUID().toString()) : envelope,
            event)
        : editor(schemas, page.field("type"), text, Mistake.of(reading, text), newId);
  }

  private View send(ObjectNode envelope, Event event) {
    PutEventsResultEntry result =
        place.withClient(
            EventBridgeClient.builder(),
            client ->
                client
                    .putEvents(put -> put.entries(BusEntry.of(place.prefix(), envelope, event)))
                    .entries()
                    .getFirst());
    if (result.errorCode() != null) {
      throw new CommandFailure(
          "the bus did not take it: " + result.errorCode() + ": " + result.errorMessage());
    }
    return new View.Redirect(Links.event(envelope.path("event_id").asText()));
  }
}

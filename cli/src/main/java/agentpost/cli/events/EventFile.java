package agentpost.cli.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.FileErrors;
import agentpost.event.EventReader;
import agentpost.schemas.DateTimes;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;

/**
 * Events in a file: an envelope, or entries as {@code aws events put-events} takes them.
 *
 * @param newId whether each becomes an event of its own, under another event_id
 */
record EventFile(Path file, CloudOptions place, boolean newId) {
  /** PutEvents' own limit. */
  private static final int MAX_ENTRIES = 10;

  private static final int MAX_BYTES = 1024 * 1024;
  private static final int TIME_BYTES = 14;

  /** Of a PutEventsRequestEntry (EventBridge API reference). */
  private static final List<String> MEMBERS =
      List.of("Detail", "DetailType", "EventBusName", "Resources", "Source", "Time", "TraceHeader");

  /**
   * PutEvents to a bus that does not exist is answered like any other, and the event is gone; so
   * the bus is looked for first.
   *
   * @return the buses of these entries, each once
   */
  List<String> requireBuses(EventBridgeClient client, List<PutEventsRequestEntry> entries) {
    List<String> buses =
        entries.stream().map(PutEventsRequestEntry::eventBusName).distinct().toList();
    for (String bus : buses) {
      try {
        client.describeEventBus(describe -> describe.name(bus));
      } catch (ResourceNotFoundException e) {
        if (bus.equals(place.prefix())) {
          place.requireStack(place.stacks());
        }
        throw new CommandFailure(
            "there is no bus "
                + bus
                + " at "
                + place.label()
                + ", so nothing is put: an event for it would be lost. --stage names another"
                + " stage's");
      }
    }
    return buses;
  }

  /**
   * What AWS counts (EventBridge user guide, "Calculating PutEvents event entry size"), before
   * anything else is looked at.
   */
  private void requireSize(JsonNode json) {
    List<JsonNode> details =
        json.isArray()
            ? json.valueStream().map(entry -> entry.path("Detail")).toList()
            : List.of(json);
    long size = 0;
    for (JsonNode detail : details) {
      String text = detail.isTextual() ? detail.textValue() : detail.toString();
      size += TIME_BYTES + (long) text.getBytes(UTF_8).length;
    }
    if (size >= MAX_BYTES) {
      throw new CommandFailure(
          file
              + " has "
              + size
              + " bytes of "
              + (details.size() == 1 ? "event" : "events")
              + "; PutEvents takes less than "
              + MAX_BYTES
              + " in one call, so "
              + (details.size() == 1
                  ? "store large data elsewhere and put a link to it"
                  : "put fewer at once"));
    }
  }

  /**
   * All of the file's events, every one of them as an inbox takes it: nothing is put unless all can
   * be.
   */
  List<PutEventsRequestEntry> read() {
    EventReader reader = new EventReader(ProjectSchemas.load());
    byte[] bytes = bytes();
    JsonNode json =
        switch (Json.parse(bytes)) {
          case Json.Parsed.Read(var value) -> value;
          case Json.Parsed.NotJson(var why) -> throw new CommandFailure(file + " " + why);
        };
    requireSize(json);
    if (!json.isArray()) {
      return List.of(entry(file.toString(), "", reader.read(bytes)));
    }
    if (json.isEmpty() || json.size() > MAX_ENTRIES) {
      throw new CommandFailure(
          file + " has " + json.size() + " entries; PutEvents takes 1 to " + MAX_ENTRIES);
    }
    List<PutEventsRequestEntry> entries = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      String where = positionOf(i, json.size());
      JsonNode given = json.path(i);
      for (Map.Entry<String, JsonNode> member : given.properties()) {
        if (!MEMBERS.contains(member.getKey())) {
          throw new CommandFailure(
              where
                  + ": "
                  + member.getKey()
                  + " is not a member of an entry; there are "
                  + String.join(", ", MEMBERS));
        }
      }
      if (given.has("Time") && DateTimes.parse(text(where, "Time", given)).isEmpty()) {
        throw new CommandFailure(
            where
                + ": Time must be an RFC 3339 time, such as 2026-03-31T10:30:00Z; what counts is"
                + " the envelope's timestamp");
      }
      PutEventsRequestEntry entry =
          entry(where, ": Detail", reader.read(text(where, "Detail", given)));
      requireSame(where, "Source", given, entry.source());
      requireSame(where, "DetailType", given, entry.detailType());
      entries.add(
          given.has("EventBusName")
              ? entry.toBuilder()
                  .eventBusName(bus(where, text(where, "EventBusName", given)))
                  .build()
              : entry);
    }
    return entries;
  }

  /** The entry's own, unless a stage is named that has another. */
  private String bus(String where, String own) {
    if (place.stage().isPresent() && !own.equals(place.prefix())) {
      throw new CommandFailure(
          where
              + ": EventBusName is "
              + own
              + ", and the bus of --stage is "
              + place.prefix()
              + "; omit one of the two");
    }
    return own;
  }

  private static String text(String where, String name, JsonNode entry) {
    if (!entry.path(name).isTextual()) {
      throw new CommandFailure(
          where
              + ": "
              + name
              + " must be a text"
              + (name.equals("Detail") ? ", the envelope as JSON" : ""));
    }
    return entry.path(name).textValue();
  }

  String positionOf(int entry, int of) {
    return of == 1 ? file.toString() : file + ", entry " + entry;
  }

  private PutEventsRequestEntry entry(String where, String member, EventReader.Reading reading) {
    return switch (reading) {
      case EventReader.Reading.NotJson(var why) ->
          throw new CommandFailure(where + member + why.substring("the body".length()));
      case EventReader.Reading.Invalid(var validation) ->
          throw new CommandFailure(where + ": " + validation.problem());
      case EventReader.Reading.Valid(var envelope, var event) ->
          BusEntry.of(
              place.prefix(),
              newId ? envelope.deepCopy().put("event_id", UUID.randomUUID().toString()) : envelope,
              event);
    };
  }

  /**
   * Rules match on these and agents read the envelope, so an entry that says one thing twice must
   * say the same.
   */
  private static void requireSame(String where, String name, JsonNode entry, String expected) {
    if (!entry.path(name).asText().equals(expected)) {
      throw new CommandFailure(
          where
              + ": "
              + name
              + " must be "
              + expected
              + ", as the envelope in Detail has it; got "
              + entry.path(name));
    }
  }

  private byte[] bytes() {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure("there is no file " + file);
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + FileErrors.explain(e));
    }
  }
}

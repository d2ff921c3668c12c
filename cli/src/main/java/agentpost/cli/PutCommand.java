package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventReader;
import agentpost.schemas.DateTimes;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;

/** {@code agentpost put}: events, validated, onto the bus. */
@Command(
    name = "put",
    mixinStandardHelpOptions = true,
    description =
        "Validates an event against its schema, then puts it on the bus. FILE is an envelope, or a"
            + " list of PutEvents entries.",
    footer = {
      "",
      "Example:",
      "  ./agentpost put \\",
      "    events-schemas/user.signed_up/examples/premium-trial.json"
    })
final class PutCommand implements Callable<Integer> {
  /** PutEvents' own limit. */
  private static final int MAX_ENTRIES = 10;

  private static final int MAX_BYTES = 1024 * 1024;
  private static final int TIME_BYTES = 14;

  /** Of a PutEventsRequestEntry (EventBridge API reference). */
  private static final List<String> MEMBERS =
      List.of("Detail", "DetailType", "EventBusName", "Resources", "Source", "Time", "TraceHeader");

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "The event's envelope as JSON, or entries as aws events put-events takes them.")
  private Path file;

  @Mixin private final CloudOptions place = new CloudOptions();

  @Option(
      names = "--new-id",
      description =
          "Puts each event under a new event_id, so that agents that have acted on it act again.")
  private boolean newId;

  @Override
  public Integer call() {
    List<PutEventsRequestEntry> entries = entries();
    Map<String, String> seen = new HashMap<>();
    List<PutEventsResultEntry> results =
        place.withClient(EventBridgeClient.builder(), client -> put(client, entries, seen));
    int refused = 0;
    for (int i = 0; i < results.size(); i++) {
      PutEventsResultEntry result = results.get(i);
      if (result.errorCode() == null) {
        PutEventsRequestEntry entry = entries.get(i);
        printResult(
            entry, result.eventId(), Optional.ofNullable(seen.get(HandledEventCheck.id(entry))));
      } else {
        refused++;
        PlainWriter.say(
            spec.commandLine().getErr(),
            "agentpost: "
                + positionOf(i, entries.size())
                + ": "
                + result.errorCode()
                + ": "
                + result.errorMessage());
      }
    }
    spec.commandLine().getOut().flush();
    return refused == 0 ? 0 : 1;
  }

  /**
   * PutEvents to a bus that does not exist is answered like any other, and the event is gone; so
   * the bus is looked for first.
   *
   * @param seen takes what there is to say of events that were put before, by their ids
   */
  private List<PutEventsResultEntry> put(
      EventBridgeClient client, List<PutEventsRequestEntry> entries, Map<String, String> seen) {
    for (String bus :
        entries.stream().map(PutEventsRequestEntry::eventBusName).distinct().toList()) {
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
      seen.putAll(
          HandledEventCheck.of(place, client, bus)
              .notes(entries.stream().filter(entry -> entry.eventBusName().equals(bus)).toList()));
    }
    return client.putEvents(put -> put.entries(entries)).entries();
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
                  ? "keep what is large elsewhere and put where it is"
                  : "put fewer at once"));
    }
  }

  private void printResult(PutEventsRequestEntry entry, String id, Optional<String> seen) {
    PrintWriter out = spec.commandLine().getOut();
    PlainWriter.say(
        out,
        "accepted "
            + entry.detailType()
            + " as "
            + id
            + " on "
            + entry.eventBusName()
            + (newId ? ", with the event_id " + HandledEventCheck.id(entry) : ""));
    seen.ifPresent(
        note ->
            PlainWriter.say(
                out,
                note
                    + "; "
                    + place.nextCommand("put " + CloudOptions.quote(file.toString()) + " --new-id")
                    + " puts it under a new id"));
  }

  /**
   * All of the file's events, every one of them as an inbox takes it: nothing is put unless all can
   * be.
   */
  private List<PutEventsRequestEntry> entries() {
    EventReader reader = new EventReader(ProjectSchemas.load());
    byte[] bytes = read();
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
                  + " is no member of an entry; there are "
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
    if (place.namesStage() && !own.equals(place.prefix())) {
      throw new CommandFailure(
          where
              + ": EventBusName is "
              + own
              + ", and the bus of --stage is "
              + place.prefix()
              + "; leave one of the two out");
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

  private String positionOf(int entry, int of) {
    return of == 1 ? file.toString() : file + ", entry " + entry;
  }

  private PutEventsRequestEntry entry(String where, String member, EventReader.Reading reading) {
    return switch (reading) {
      case EventReader.Reading.NotJson(var why) ->
          throw new CommandFailure(where + member + why.substring("the body".length()));
      case EventReader.Reading.Invalid(var validation) ->
          throw new CommandFailure(where + ": " + validation.problem());
      case EventReader.Reading.Valid(var envelope, var event) ->
          PutEventsRequestEntry.builder()
              .eventBusName(place.prefix())
              .source(event.metadata().sourceService())
              .detailType(event.type())
              .time(event.timestamp())
              .detail(
                  (newId
                          ? envelope.deepCopy().put("event_id", UUID.randomUUID().toString())
                          : envelope)
                      .toString())
              .build();
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

  private byte[] read() {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure("there is no file " + file);
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + e);
    }
  }
}

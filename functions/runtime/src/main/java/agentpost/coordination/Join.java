package agentpost.coordination;

import agentpost.event.Event;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What must come together under one correlation id, and by when. The beginning says which parts;
 * parts and beginning may come in any order and more than once. It is completed by the one event
 * that was last to be missing, and stalled by the one deadline that found something missing; a part
 * that comes after that still completes it.
 *
 * <p>Each event is one conditional write, and which event completed or stalled it is part of what
 * it writes: handled again after a crash, that event, and no other, comes to the same standing
 * again.
 */
public final class Join {
  private final String purpose;
  private final AgentMemory memory;
  private final AgentDeadlines deadlines;

  /**
   * @param purpose what comes together, in a word; an agent's joins differ in it
   */
  public Join(String purpose, AgentMemory memory, AgentDeadlines deadlines) {
    this.purpose = purpose;
    this.memory = memory;
    this.deadlines = deadlines;
  }

  /** How things stand after an event. */
  public sealed interface Standing {
    /** This event completed it. */
    record Completed(Progress progress) implements Standing {}

    /** This event is the deadline, and something is missing. */
    record Stalled(Progress progress) implements Standing {}

    /** Nothing to tell anyone; why, for the log. */
    record Unchanged(String why) implements Standing {}
  }

  /**
   * @param arrived when each part happened that has come
   * @param missing what has not; at a stall, what had not come then
   * @param late whether it stalled before
   */
  public record Progress(
      Subject about,
      Instant begunAt,
      Instant deadline,
      SortedMap<String, Instant> arrived,
      SortedSet<String> missing,
      boolean late) {}

  /** The beginning: which parts, and by when. Of several, the first counts. */
  public Standing begin(Event event, Subject about, Collection<String> parts, Instant deadline) {
    Instant set = deadlines.set(event, purpose, about, deadline);
    return apply(
        event,
        state -> {
          if (!state.has("begun")) {
            ObjectNode begun =
                state
                    .putObject("begun")
                    .put("at", event.timestamp().toString())
                    .put("deadline", set.toString());
            begun.set("about", about.json());
            ArrayNode names = begun.putArray("parts");
            parts.forEach(names::add);
          }
        });
  }

  /** A part has come. Of the same part several times, the first counts. */
  public Standing arrive(Event event, String part) {
    return apply(
        event,
        state -> {
          ObjectNode arrived = state.withObjectProperty("arrived");
          if (!arrived.has(part)) {
            arrived.put(part, event.timestamp().toString());
          }
        });
  }

  /** {@code deadline.reached}. */
  public Standing deadline(Event event) {
    if (!deadlines.isOwn(event, purpose)) {
      return new Standing.Unchanged("a deadline of something else");
    }
    return apply(
        event,
        state -> {
          if (state.has("begun") && !state.has("completed") && !state.has("stalled")) {
            ArrayNode names =
                state.putObject("stalled").put("event_id", event.id().value()).putArray("missing");
            missingParts(state).forEach(names::add);
          }
        });
  }

  private Standing apply(Event event, Consumer<ObjectNode> change) {
    ObjectNode state =
        memory.update(
            "join#" + purpose + "#" + event.metadata().correlationId(),
            remembered -> {
              change.accept(remembered);
              if (remembered.has("begun")
                  && !remembered.has("completed")
                  && missingParts(remembered).isEmpty()) {
                remembered.putObject("completed").put("event_id", event.id().value());
              }
              return remembered;
            });
    if (is(event, state.path("completed"))) {
      return new Standing.Completed(progress(state, missingParts(state)));
    }
    if (is(event, state.path("stalled"))) {
      return new Standing.Stalled(progress(state, names(state.path("stalled").path("missing"))));
    }
    return new Standing.Unchanged(
        state.has("completed")
            ? "complete already"
            : state.has("begun")
                ? "waits for " + String.join(", ", missingParts(state))
                : "not begun yet");
  }

  private static boolean is(Event event, JsonNode made) {
    return made.path("event_id").asText().equals(event.id().value());
  }

  private static SortedSet<String> missingParts(ObjectNode state) {
    SortedSet<String> missing = names(state.path("begun").path("parts"));
    missing.removeIf(state.path("arrived")::has);
    return missing;
  }

  private static Progress progress(ObjectNode state, SortedSet<String> missing) {
    JsonNode begun = state.path("begun");
    SortedMap<String, Instant> arrived = new TreeMap<>();
    for (String part : names(begun.path("parts"))) {
      if (!missing.contains(part)) {
        arrived.put(part, Instant.parse(state.path("arrived").path(part).asText()));
      }
    }
    Subject about =
        new Subject(
            begun.path("about").path("type").asText(), begun.path("about").path("id").asText());
    Instant begunAt = Instant.parse(begun.path("at").asText());
    return new Progress(
        about,
        begunAt,
        Instant.parse(begun.path("deadline").asText()),
        arrived,
        missing,
        state.has("stalled"));
  }

  private static SortedSet<String> names(JsonNode array) {
    SortedSet<String> names = new TreeSet<>();
    array.forEach(name -> names.add(name.asText()));
    return names;
  }
}

package agentpost.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * Asks other agents for what an event did not carry, and goes on with that event when it is known:
 * by an answer, or by what the question named as its default once the deadline is reached. An agent
 * has one open question about a thing under one correlation id.
 *
 * <p>Which event settled a question is remembered in the write that settles it: handled again after
 * a crash, that event, and no other, goes on again.
 */
public final class QuestionTracker {
  private static final String PURPOSE = "answer";
  private final AgentName agent;
  private final AgentMemory memory;
  private final AgentDeadlines deadlines;
  private final Clock clock;
  private final EventCodec codec = new EventCodec();

  public QuestionTracker(
      AgentName agent, AgentMemory memory, AgentDeadlines deadlines, Clock clock) {
    this.agent = agent;
    this.memory = memory;
    this.deadlines = deadlines;
    this.clock = clock;
  }

  /**
   * @param from whose answer counts; anyone else's is a stranger's
   * @param until when to go on without an answer
   * @param otherwise what to go on with then, by field; a field that is not in it has no default
   */
  public record Question(
      List<String> fields, Subject about, AgentName from, Instant until, ObjectNode otherwise) {
    public Question {
      fields = List.copyOf(fields);
    }
  }

  /** What came of an answer or a deadline. */
  public sealed interface Reply {
    /**
     * This event settled the question.
     *
     * @param cause the event that could not be handled for want of an answer
     * @param basis how the values are known, for people
     */
    record Settled(Event cause, JsonNode values, String basis) implements Reply {}

    /** This event is the deadline, and these fields have neither an answer nor a default. */
    record Unanswered(Event cause, List<String> fields) implements Reply {}

    /** Nothing to go on with; why, for the log. */
    record Nothing(String why) implements Reply {}
  }

  /**
   * Remembers the event and the question, sets the deadline, and returns the {@code
   * information.requested} to publish.
   *
   * @param cause as it is to be handled later; what its handling does not need is best left out,
   *     for an event may be larger than a row of the table (400 KB), and then it is refused
   */
  public Event ask(Event cause, Question question) {
    Instant until = deadlines.set(cause, PURPOSE, question.about(), question.until());
    ObjectNode asked = JsonNodeFactory.instance.objectNode();
    question.fields().forEach(asked.putArray("fields")::add);
    asked.set("about", question.about().json());
    asked.put("from", question.from().value()).put("until", until.toString());
    asked.set("otherwise", question.otherwise());
    ObjectNode state =
        memory.update(
            key(cause, question.about()),
            remembered -> {
              if (!remembered.has("asked")) {
                remembered.set("asked", asked);
                remembered.put("cause", codec.write(cause));
              }
              return remembered;
            });
    return cause.answer(
        agent, "information.requested", state.withObjectProperty("asked"), clock.instant());
  }

  /**
   * {@code information.provided} by whom was asked, about what was asked, under the same
   * correlation id. Several may each bring a part of what was asked for; the first to bring a field
   * counts.
   */
  public Reply onAnswer(Event event) {
    String who = event.metadata().sourceService() + " answered";
    String basis = event.data().path("basis").asText("");
    return settle(
        event,
        basis.isEmpty() ? who : who + ": " + basis,
        state -> {
          if (!state.path("asked").path("from").asText().equals(event.metadata().sourceService())) {
            return false;
          }
          ObjectNode values = state.withObjectProperty("values");
          // What else it says is not kept: an answer may be larger than a row of the table.
          unknownFields(state).stream()
              .filter(event.data().path("values")::has)
              .forEach(field -> values.set(field, event.data().path("values").path(field)));
          return unknownFields(state).isEmpty();
        });
  }

  /** {@code deadline.reached}. */
  public Reply deadline(Event event) {
    if (!deadlines.isOwn(event, PURPOSE)) {
      return new Reply.Nothing("a deadline of something else");
    }
    return settle(
        event,
        "default: nobody answered by " + event.data().path("deadline").asText(),
        state -> {
          ObjectNode values = state.withObjectProperty("values");
          state
              .path("asked")
              .path("otherwise")
              .properties()
              .forEach(field -> values.putIfAbsent(field.getKey(), field.getValue()));
          return true;
        });
  }

  private interface Change {
    /** Changes what is known; true if the question is settled now. */
    boolean apply(ObjectNode state);
  }

  private Reply settle(Event event, String basis, Change change) {
    ObjectNode state =
        memory.update(
            key(event, Subject.of(event)),
            remembered -> {
              if (remembered.has("asked")
                  && !remembered.has("settled")
                  && change.apply(remembered)) {
                remembered
                    .putObject("settled")
                    .put("event_id", event.id().value())
                    .put("basis", basis);
              }
              return remembered;
            });
    if (!state.has("asked")) {
      return new Reply.Nothing("nothing was asked about this");
    }
    List<String> unknown = unknownFields(state);
    if (!state.has("settled")) {
      return new Reply.Nothing("still waits for " + String.join(", ", unknown));
    }
    if (!state.path("settled").path("event_id").asText().equals(event.id().value())) {
      return new Reply.Nothing("settled already");
    }
    return unknown.isEmpty()
        ? new Reply.Settled(
            cause(state), state.path("values"), state.path("settled").path("basis").asText())
        : new Reply.Unanswered(cause(state), unknown);
  }

  private static List<String> unknownFields(ObjectNode state) {
    return StreamSupport.stream(state.path("asked").path("fields").spliterator(), false)
        .map(JsonNode::asText)
        .filter(field -> !state.path("values").has(field))
        .toList();
  }

  private Event cause(ObjectNode state) {
    if (codec.parse(state.path("cause").asText().getBytes(UTF_8))
        instanceof EventCodec.Parsed.Json(_, var event)) {
      return event.orElseThrow(
          () -> new IllegalStateException("The remembered event has lost its envelope"));
    }
    throw new IllegalStateException(
        "The remembered event is not JSON, and only this class writes it");
  }

  private static String key(Event event, Subject about) {
    // As JSON: a separator could be in any of the three, and then one question would be another's.
    return "question#"
        + JsonNodeFactory.instance
            .arrayNode()
            .add(event.metadata().correlationId().value())
            .add(about.type())
            .add(about.id());
  }
}

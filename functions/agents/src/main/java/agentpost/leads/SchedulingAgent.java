package agentpost.leads;

import agentpost.catalog.AgentName;
import agentpost.coordination.QuestionTracker;
import agentpost.coordination.Subject;
import agentpost.event.Event;
import agentpost.event.Truncation;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Has a demo booked for every qualified lead. A lead without a time zone is asked about first. A
 * booking that fails or times out is tried once more, and then support is alerted.
 */
final class SchedulingAgent implements Agent {
  private static final AgentName KNOWS_LEADS = new AgentName("lead-qualification");
  private static final String DEFAULT_TIME_ZONE = "UTC";
  private static final Duration ANSWER_TIMEOUT = Duration.ofHours(1);
  private static final Duration BOOKING_TIMEOUT = Duration.ofHours(2);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
  private static final int MAX_ATTEMPTS = 2;

  /** Who answered and what they said of it, each as long as the schema of all this. */
  private static final int MAX_BASIS_LENGTH = 256;

  private static final int MAX_REASON_LENGTH = 512;

  private final AgentName name;
  private final DemoBooker bookings;
  private final QuestionTracker questions;
  private final Clock clock;

  SchedulingAgent(AgentName name, DemoBooker bookings, QuestionTracker questions, Clock clock) {
    this.name = name;
    this.bookings = bookings;
    this.questions = questions;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "lead.qualified" ->
          Lead.of(event)
              .knownTimeZone()
              .map(zone -> book(event, zone, "the lead said so"))
              .orElseGet(() -> ask(event));
      case "information.provided" -> onAnswer(event);
      case "deadline.reached" -> goOn(event, questions.deadline(event));
      case "operation.completed" -> onBooked(event);
      case "operation.failed" ->
          retryBooking(event, "failed: " + event.data().path("error").asText("no reason given"));
      case "operation.timed_out" -> retryBooking(event, "timed out");
      default -> new Outcome.Refused("this agent does not know " + event.type());
    };
  }

  private Outcome book(Event qualified, String timeZone, String basis) {
    Lead lead = Lead.of(qualified);
    ObjectNode request =
        JsonNodeFactory.instance
            .objectNode()
            // The same for every attempt, so that a calendar that was only late does not keep two
            // slots.
            .put("booking_id", qualified.id().value())
            .put("lead_id", lead.id())
            .put("email", lead.email())
            .put("time_zone", timeZone)
            .put("time_zone_basis", Truncation.truncate(basis, MAX_BASIS_LENGTH));
    List.of("name", "company").stream()
        .filter(qualified.data()::has)
        .forEach(field -> request.set(field, qualified.data().get(field)));
    return start(qualified, 1, request);
  }

  private Outcome start(Event cause, int attempt, ObjectNode request) {
    return switch (bookings.book(cause, attempt, request, clock.instant().plus(BOOKING_TIMEOUT))) {
      case DemoBooker.Booking.Accepted(var id) ->
          new Outcome.Done(List.of(), "attempt " + attempt + " at a booking under way: " + id);
      case DemoBooker.Booking.Ended(var id) ->
          new Outcome.Done(List.of(), "attempt " + attempt + " at a booking has ended: " + id);
      case DemoBooker.Booking.TryAgain(var why) -> new Outcome.Retry(RETRY_AFTER, why);
    };
  }

  private Outcome ask(Event qualified) {
    QuestionTracker.Question question =
        new QuestionTracker.Question(
            List.of("time_zone"),
            new Subject("lead", Lead.of(qualified).id()),
            KNOWS_LEADS,
            clock.instant().plus(ANSWER_TIMEOUT),
            JsonNodeFactory.instance.objectNode().put("time_zone", DEFAULT_TIME_ZONE));
    return new Outcome.Done(
        List.of(questions.ask(withKnownFields(qualified), question)),
        "asked for the lead's time zone");
  }

  /** What its schema knows: the rest may be more than can be remembered. */
  private static Event withKnownFields(Event qualified) {
    ObjectNode data =
        qualified
            .data()
            .deepCopy()
            .retain(
                "lead_id", "email", "score", "reasons", "name", "company", "location", "time_zone");
    return new Event(
        qualified.id(), qualified.type(), qualified.timestamp(), data, qualified.metadata());
  }

  /** An answer that is not a time zone is none: the deadline, or a better answer, still comes. */
  private Outcome onAnswer(Event event) {
    JsonNode zone = event.data().path("values").path("time_zone");
    return zone.isTextual() && Lead.isTimeZone(zone.textValue())
        ? goOn(event, questions.onAnswer(event))
        : new Outcome.Done(List.of(), "the answer holds no time zone");
  }

  private Outcome goOn(Event event, QuestionTracker.Reply reply) {
    return switch (reply) {
      case QuestionTracker.Reply.Settled(var qualified, var values, var basis) ->
          book(qualified, values.path("time_zone").asText(), basis);
      case QuestionTracker.Reply.Unanswered(_, var fields) ->
          alert(event, "No demo was booked: nobody knows " + String.join(", ", fields));
      case QuestionTracker.Reply.Nothing(var why) -> new Outcome.Done(List.of(), why);
    };
  }

  private Outcome onBooked(Event completed) {
    JsonNode request = completed.data().path("request");
    JsonNode result = completed.data().path("result");
    if (Stream.of("lead_id", "time_zone", "time_zone_basis")
        .anyMatch(field -> request.path(field).asText().isEmpty())) {
      return new Outcome.Refused("the operation's request is not one of this agent's bookings");
    }
    if (Event.time(result.path("starts_at")).isEmpty()
        || Event.time(result.path("ends_at")).isEmpty()) {
      return alert(
          completed,
          "A demo may be booked, but the calendar did not say when: starts_at and ends_at of its"
              + " result must be times as RFC 3339 has them");
    }
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("lead_id", request.path("lead_id").asText())
            .put("operation_id", completed.data().path("operation_id").asText())
            .put("starts_at", result.path("starts_at").asText())
            .put("ends_at", result.path("ends_at").asText())
            .put("time_zone", request.path("time_zone").asText())
            .put("time_zone_basis", request.path("time_zone_basis").asText())
            .put("attempt", attempt(completed));
    return new Outcome.Done(
        List.of(completed.answer(name, "demo.scheduled", data, clock.instant())),
        "scheduled a demo");
  }

  private Outcome retryBooking(Event ended, String how) {
    int attempt = attempt(ended);
    return attempt < MAX_ATTEMPTS && ended.data().path("request") instanceof ObjectNode request
        ? start(ended, attempt + 1, request)
        : alert(
            ended,
            "No demo was booked for lead "
                + ended.data().path("request").path("lead_id").asText()
                + ": attempt "
                + attempt
                + " "
                + how);
  }

  private Outcome alert(Event event, String reason) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("reason", Truncation.truncate(reason, MAX_REASON_LENGTH))
            .put("severity", "warning");
    return new Outcome.Done(
        List.of(event.answer(name, "support.alerted", data, clock.instant())), reason);
  }

  private static int attempt(Event ended) {
    return ended.data().path("attempt").asInt(1);
  }
}

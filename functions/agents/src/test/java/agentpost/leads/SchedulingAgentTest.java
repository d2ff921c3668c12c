package agentpost.leads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.AgentMemory;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.coordination.QuestionTracker;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.leads.DemoBooker.Booking;
import agentpost.stories.Published;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.testing.PlannedEvents;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulingAgentTest {
  private static final AgentName NAME = new AgentName("scheduling-agent");

  private record Booked(Event cause, int attempt, ObjectNode request, Instant deadline) {}

  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP.plusSeconds(2));
  private final PlannedEvents planned = new PlannedEvents();
  private final List<Booked> booked = new ArrayList<>();
  private Booking answer = new Booking.Accepted("op-1");
  private final AgentMemory memory =
      new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, NAME, clock);
  private final Agent agent =
      new SchedulingAgent(
          NAME,
          (cause, attempt, request, deadline) -> {
            booked.add(new Booked(cause, attempt, request, deadline));
            return answer;
          },
          new QuestionTracker(NAME, memory, new AgentDeadlines(NAME, planned, clock), clock),
          clock);

  @AfterEach
  void close() {
    tables.close();
  }

  private static Event qualified(String more) {
    return Events.event(
        "qualified-1",
        "lead.qualified",
        "lead-qualification",
        "{'lead_id':'lead-1','email':'ada@analytical.example.com','score':75,'reasons':['+30 asked"
            + " for a demo'],'name':'Ada'"
            + more
            + "}");
  }

  private static Event provided(String id, String zone) {
    return Events.event(
        id,
        "information.provided",
        "lead-qualification",
        "{'about':{'type':'lead','id':'lead-1'},'values':{'time_zone':'"
            + zone
            + "'},'basis':'time_zone: follows from DE-BE'}");
  }

  private static Event ended(String type, int attempt, String more) {
    return Events.event(
        "ended-" + attempt,
        type,
        "callback",
        "{'operation_id':'op-"
            + attempt
            + "','agent':'scheduling-agent','purpose':'book-demo','processor':'calendar','attempt':"
            + attempt
            + ",'request':{'booking_id':'qualified-1','lead_id':'lead-1','email':'ada@analytical.example.com','time_zone':'Europe/Berlin','time_zone_basis':'the"
            + " lead said so'}"
            + ",'started_at':'2026-03-31T10:30:02Z','finished_at':'2026-03-31T10:30:09Z'"
            + more
            + "}");
  }

  @Test
  void aLeadWithATimeZoneIsBookedAtOnce() {
    Event qualified = qualified(",'time_zone':'Europe/Berlin'");
    Published.none(agent, qualified);
    ObjectNode request =
        Events.json(
            "{'booking_id':'qualified-1','lead_id':'lead-1','email':'ada@analytical.example.com','time_zone':'Europe/Berlin','time_zone_basis':'the"
                + " lead said so','name':'Ada'}");
    assertEquals(
        List.of(new Booked(qualified, 1, request, clock.instant().plus(Duration.ofHours(2)))),
        booked);
    assertEquals(List.of(), planned.events());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",'time_zone':'Mars/Olympus'"})
  void aLeadWithoutAUsableTimeZoneIsAskedAbout(String zone) {
    Event requested = Published.one(agent, qualified(zone), "information.requested");
    assertEquals(
        Events.json(
            "{'fields':['time_zone'],'about':{'type':'lead','id':'lead-1'},'from':'lead-qualification','until':'2026-03-31T11:30:02Z','otherwise':{'time_zone':'UTC'}}"),
        requested.data());
    assertEquals(List.of(), booked);
    assertEquals(List.of(Instant.parse("2026-03-31T11:30:02Z")), planned.times());
  }

  @Test
  void anAnswerGoesOnFromWhereItStood() {
    Event qualified = qualified("");
    Published.by(agent, qualified);
    Published.none(agent, provided("provided-1", "Europe/Berlin"));
    assertEquals(
        qualified,
        booked.getFirst().cause(),
        "the same booking as if the lead had had a time zone");
    assertEquals(1, booked.getFirst().attempt());
    assertEquals("Europe/Berlin", booked.getFirst().request().path("time_zone").asText());
    assertEquals(
        "lead-qualification answered: time_zone: follows from DE-BE",
        booked.getFirst().request().path("time_zone_basis").asText());
  }

  /** What was said is as long as the schema of who said it and that together. */
  @Test
  void aLongBasisStillFitsTheDemosSchema() {
    Published.by(agent, qualified(""));
    Event answer =
        Events.event(
            "provided-1",
            "information.provided",
            "lead-qualification",
            "{'about':{'type':'lead','id':'lead-1'},'values':{'time_zone':'Europe/Berlin'},'basis':'"
                + "\ud83d\ude00".repeat(256)
                + "'}");
    Events.assertValid(answer);
    Published.none(agent, answer);
    String basis = booked.getFirst().request().path("time_zone_basis").asText();
    assertEquals(256, basis.codePointCount(0, basis.length()));
  }

  @Test
  void theDeadlineGoesOnWithUtcAndSaysSo() {
    Event qualified = qualified("");
    Published.by(agent, qualified);
    Published.none(agent, planned.fire());
    assertEquals(qualified, booked.getFirst().cause());
    assertEquals("UTC", booked.getFirst().request().path("time_zone").asText());
    assertEquals(
        "default: nobody answered by 2026-03-31T11:30:02Z",
        booked.getFirst().request().path("time_zone_basis").asText());
  }

  @Test
  void anAnswerAndTheDeadlineBookOnce() {
    Published.by(agent, qualified(""));
    Published.none(agent, provided("provided-1", "Europe/Berlin"));
    Published.none(agent, provided("provided-2", "Europe/Paris"));
    Published.none(agent, planned.fire());
    assertEquals(1, booked.size());
  }

  @Test
  void anAnswerThatCouldNotBeBookedIsBookedWhenItComesAgain() {
    Published.by(agent, qualified(""));
    answer = new Booking.TryAgain("the processor is busy");
    assertEquals(
        new Outcome.Retry(Duration.ofSeconds(10), "the processor is busy"),
        agent.handle(provided("provided-1", "Europe/Berlin")));
    answer = new Booking.Accepted("op-1");
    Published.none(agent, provided("provided-1", "Europe/Berlin"));
    assertEquals(booked.get(0), booked.get(1));
  }

  @Test
  void ofTwoAnswersTheFirstCounts() {
    Published.by(agent, qualified(""));
    Published.none(agent, provided("answer-1", "Europe/Berlin"));
    Published.none(agent, provided("answer-2", "Asia/Tokyo"));
    assertEquals(
        List.of("Europe/Berlin"),
        booked.stream().map(one -> one.request().path("time_zone").asText()).toList());
  }

  /** Neither somebody else's, nor one under another correlation id, nor one about another lead. */
  @Test
  void aStrangersAnswerBooksNothing() {
    Published.by(agent, qualified(""));
    Event answer = provided("answer-1", "Asia/Tokyo");
    Published.none(
        agent,
        new Event(
            answer.id(),
            answer.type(),
            answer.timestamp(),
            answer.data(),
            new Event.Metadata(
                "stranger", answer.metadata().correlationId(), Optional.empty(), 1)));
    Published.none(
        agent,
        new Event(
            answer.id(),
            answer.type(),
            answer.timestamp(),
            answer.data(),
            new Event.Metadata(
                answer.metadata().sourceService(),
                new CorrelationId("another"),
                Optional.empty(),
                1)));
    ObjectNode other = answer.data().deepCopy();
    other.withObjectProperty("about").put("id", "lead-2");
    Published.none(
        agent, new Event(answer.id(), answer.type(), answer.timestamp(), other, answer.metadata()));
    assertEquals(List.of(), booked);
    Published.none(agent, provided("answer-2", "Europe/Berlin"));
    assertEquals(1, booked.size());
  }

  @Test
  void anAnswerThatIsNoTimeZoneIsNone() {
    Published.by(agent, qualified(""));
    Published.none(agent, provided("provided-1", "half past nine"));
    Published.none(agent, provided("provided-2", "Europe/Berlin"));
    assertEquals("Europe/Berlin", booked.getFirst().request().path("time_zone").asText());
  }

  @Test
  void aBookingThatHasEndedAlreadyIsNothingMoreToDo() {
    answer = new Booking.Ended("op-1");
    Published.none(agent, qualified(",'time_zone':'Europe/Berlin'"));
  }

  @Test
  void aBookedSlotIsPublished() {
    Event completed =
        ended(
            "operation.completed",
            1,
            ",'result':{'starts_at':'2026-04-01T07:00:00Z','ends_at':'2026-04-01T07:30:00Z'}");
    Event published = Published.one(agent, completed, "demo.scheduled");
    assertEquals(
        Events.json(
            "{'lead_id':'lead-1','operation_id':'op-1','starts_at':'2026-04-01T07:00:00Z','ends_at':'2026-04-01T07:30:00Z','time_zone':'Europe/Berlin','time_zone_basis':'the"
                + " lead said so','attempt':1}"),
        published.data());
    assertEquals(published.id(), Published.one(agent, completed, "demo.scheduled").id());
  }

  /** "null" would go out as a time that nobody can read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'starts_at':null,'ends_at':'2026-04-01T07:30:00Z'",
        "'starts_at':'2026-04-01T07:00:00Z'",
        "'starts_at':1775026800,'ends_at':'2026-04-01T07:30:00Z'",
        "'starts_at':'tomorrow','ends_at':'2026-04-01T07:30:00Z'"
      })
  void aResultThatDoesNotSayWhenIsToldToSupport(String result) {
    Event alert =
        Published.one(
            agent,
            ended("operation.completed", 1, ",'result':{" + result + "}"),
            "support.alerted");
    assertTrue(
        alert
            .data()
            .path("reason")
            .asText()
            .contains("starts_at and ends_at of its result must be times"),
        alert.data()::toString);
  }

  @Test
  void whatSupportIsToldIsCutBetweenCharacters() {
    Event alert =
        Published.one(
            agent,
            ended("operation.failed", 2, ",'error':'" + "\ud83d\ude00".repeat(2_000) + "'"),
            "support.alerted");
    Events.assertValid(alert);
  }

  @ParameterizedTest
  @ValueSource(strings = {"operation.timed_out", "operation.failed"})
  void whatDidNotWorkIsTriedOnceMoreAndThenSupportIsAlerted(String type) {
    Event first = ended(type, 1, ",'error':'the calendar is full'");
    Published.none(agent, first);
    assertEquals(
        List.of(
            new Booked(
                first,
                2,
                (ObjectNode) first.data().path("request"),
                clock.instant().plus(Duration.ofHours(2)))),
        booked);
    Event alert =
        Published.one(agent, ended(type, 2, ",'error':'the calendar is full'"), "support.alerted");
    assertEquals(1, booked.size(), "no third attempt");
    String how = type.equals("operation.failed") ? "failed: the calendar is full" : "timed out";
    assertEquals(
        Events.json(
            "{'reason':'No demo was booked for lead lead-1: attempt 2 "
                + how
                + "','severity':'warning'}"),
        alert.data());
  }

  @Test
  void anErrorOfAnyLengthFitsTheAlert() {
    Event alert =
        Published.one(
            agent,
            ended("operation.failed", 2, ",'error':'" + "x".repeat(2000) + "'"),
            "support.alerted");
    assertTrue(alert.data().path("reason").asText().length() <= 512);
  }

  @Test
  void whatItDoesNotKnowIsRefused() {
    assertInstanceOf(Outcome.Refused.class, agent.handle(Events.signUp("free")));
  }
}

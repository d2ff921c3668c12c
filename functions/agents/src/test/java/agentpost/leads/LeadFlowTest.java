package agentpost.leads;

import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.AgentMemory;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.coordination.QuestionTracker;
import agentpost.event.Event;
import agentpost.leads.DemoBooker.Booking;
import agentpost.stories.Published;
import agentpost.stories.SentMail;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.testing.PlannedEvents;
import agentpost.webhook.Agent;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The agents of the lead flow hear what each other publish; everything comes twice. */
class LeadFlowTest {
  private static final AgentName QUALIFICATION = new AgentName("lead-qualification");
  private static final AgentName SCHEDULING = new AgentName("scheduling-agent");
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP.plusSeconds(2));
  private final PlannedEvents planned = new PlannedEvents();
  private final SentMail sent = new SentMail();
  private final List<ObjectNode> booked = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> published = new ArrayList<>();
  private final Agent qualification =
      new LeadQualificationAgent(QUALIFICATION, memory(QUALIFICATION), clock);
  private final Agent scheduling =
      new SchedulingAgent(
          SCHEDULING,
          (cause, attempt, request, deadline) -> {
            booked.add(request);
            return new Booking.Accepted("op-1");
          },
          new QuestionTracker(
              SCHEDULING,
              memory(SCHEDULING),
              new AgentDeadlines(SCHEDULING, planned, clock),
              clock),
          clock);
  private final Agent followUp = new FollowUpAgent(new AgentName("follow-up-agent"), sent, clock);
  private final Agent metrics = new MetricsAgent("agentpost", lines::add, clock);
  private final Map<String, List<Agent>> subscribers =
      Map.of(
          "lead.captured", List.of(qualification, metrics),
          "lead.qualified", List.of(scheduling, followUp, metrics),
          "lead.disqualified", List.of(metrics),
          "information.requested", List.of(qualification),
          "information.provided", List.of(scheduling),
          "deadline.reached", List.of(scheduling));

  @AfterEach
  void close() {
    tables.close();
  }

  private AgentMemory memory(AgentName agent) {
    return new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, agent, clock);
  }

  /**
   * Until nothing more is published. Every event's handling is done twice, as after a crash before
   * it was marked done.
   */
  private void happens(Event first) {
    Deque<Event> bus = new ArrayDeque<>(List.of(first));
    while (!bus.isEmpty()) {
      Event event = bus.remove();
      published.add(event.type());
      for (Agent agent : subscribers.getOrDefault(event.type(), List.of())) {
        List<Event> answers = Published.by(agent, event);
        assertEquals(
            answers.stream().map(Event::id).toList(),
            Published.by(agent, event).stream().map(Event::id).toList());
        bus.addAll(answers);
      }
    }
  }

  private static Event lead(String more) {
    return Events.event(
        "lead-captured-1",
        "lead.captured",
        "website",
        "{'lead_id':'lead-1','email':'ada@analytical.example.com','company':'Analytical"
            + " Engines','employees':250,'source':'demo_request'"
            + more
            + "}");
  }

  @Test
  void aLeadWithATimeZoneIsBookedWrittenToAndCounted() {
    happens(lead(",'time_zone':'Europe/Berlin'"));
    assertEquals(List.of("lead.captured", "lead.qualified", "email.sent"), published);
    assertEquals("Europe/Berlin", booked.getFirst().path("time_zone").asText());
    assertEquals("ada@analytical.example.com", sent.all().getFirst().to());
    assertEquals(4, lines.size());
  }

  @Test
  void aLeadWithoutOneIsBookedInTheOneThatIsInferred() {
    happens(lead(",'location':'US-CA'"));
    assertEquals(
        List.of(
            "lead.captured",
            "lead.qualified",
            "information.requested",
            "email.sent",
            "information.provided"),
        published);
    assertEquals("America/Los_Angeles", booked.getFirst().path("time_zone").asText());
    happens(planned.fire());
    assertEquals(1, booked.stream().distinct().count());
  }

  @Test
  void aLeadOfWhomNobodyKnowsItIsBookedInUtcOnceTheDeadlineIsReached() {
    happens(lead(",'location':'US'"));
    assertEquals(List.of(), booked);
    happens(planned.fire());
    assertEquals("UTC", booked.getFirst().path("time_zone").asText());
  }

  /**
   * Each of its events three times, as three puts of the same event would have it if no inbox kept
   * them apart.
   */
  @Test
  void theSameLeadThreeTimesIsOneBooking() {
    for (String more : List.of(",'time_zone':'Europe/Berlin'", ",'location':'US-CA'")) {
      booked.clear();
      for (int i = 0; i < 3; i++) {
        happens(lead(more));
      }
      assertEquals(1, booked.stream().distinct().count(), booked::toString);
    }
  }

  @Test
  void aLeadThatIsDisqualifiedIsOnlyCounted() {
    Event lead = lead("");
    lead.data().put("source", "careers_page").put("email", "someone@gmail.com");
    happens(lead);
    assertEquals(List.of("lead.captured", "lead.disqualified"), published);
    assertEquals(List.of(), sent.all());
  }
}

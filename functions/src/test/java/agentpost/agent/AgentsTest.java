package agentpost.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentsTest {
  private static final Instant SIGNED_UP = Instant.parse("2026-03-31T10:30:00Z");
  private static final EventSchemas SCHEMAS = EventSchemas.load();
  private final MovableClock clock = new MovableClock(SIGNED_UP.plusSeconds(2));
  private final List<Mailer.Message> sent = new ArrayList<>();
  private final Mailer mailer =
      message -> {
        sent.add(message);
        return "message-" + sent.size();
      };
  private final Map<EventId, Instant> planned = new LinkedHashMap<>();
  private final List<Event> plannedEvents = new ArrayList<>();
  private final List<Trials.Trial> trials = new ArrayList<>();
  private final Reminders reminders =
      (event, at) -> {
        planned.put(event.id(), at);
        plannedEvents.add(event);
      };

  private static Event signUp(String plan, String source, String location) {
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("user_id", "usr-5678").put("email", "ada@example.com").put("plan", plan);
    if (!source.isEmpty()) {
      data.put("signup_source", source);
    }
    if (!location.isEmpty()) {
      data.put("location", location);
    }
    return new Event(
        new EventId("uuid-1234-abcd"),
        "user.signed_up",
        SIGNED_UP,
        data,
        new Event.Metadata("authentication_service", new CorrelationId("corr-9876"), Optional.empty(), 1));
  }

  private static Outcome.Done done(Agent agent, Event event) {
    return assertInstanceOf(Outcome.Done.class, agent.handle(event));
  }

  /** What an agent publishes is part of the public API: it must fit its schema, keep the correlation and name its cause. */
  private static void assertPublic(Event published) {
    try {
      Validation validation = SCHEMAS.validate(new JsonMapper().readTree(new EventCodec().write(published)));
      assertEquals("", validation.problem());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
    assertEquals(new CorrelationId("corr-9876"), published.metadata().correlationId());
    assertEquals(Optional.of(new EventId("uuid-1234-abcd")), published.metadata().causationId());
  }

  @Test
  void welcomeSendsOneMailAndSaysSo() {
    Agent agent = new WelcomeAgent(new AgentName("welcome-agent"), mailer, clock);
    Event published = done(agent, signUp("premium_trial", "", "")).publish().getFirst();
    assertEquals("ada@example.com", sent.getFirst().to());
    assertTrue(sent.getFirst().text().contains("premium trial"), sent.getFirst().text());
    assertEquals("email.sent", published.type());
    assertEquals("message-1", published.data().path("message_id").asText());
    assertPublic(published);
    assertEquals(published.id(), done(agent, signUp("premium_trial", "", "")).publish().getFirst().id(), "published again, it is the same event");
  }

  @Test
  void aSubjectCannotSmuggleAHeader() {
    assertThrows(IllegalArgumentException.class, () -> new Mailer.Message("a@example.com", "Hello\r\nBcc: b@example.com", ""));
  }

  @Test
  void supportIsToldByMailAndEvent() {
    Agent agent = new SupportNotificationAgent(new AgentName("support-notification"), mailer, "support@example.com", clock);
    Event published = done(agent, signUp("enterprise", "partner_acme", "DE-BY")).publish().getFirst();
    assertEquals("support@example.com", sent.getFirst().to());
    assertTrue(sent.getFirst().text().contains("usr-5678") && sent.getFirst().text().contains("partner_acme"), sent.getFirst().text());
    assertFalse(sent.getFirst().text().contains("ada@example.com"), "an alert needs no address");
    assertPublic(published);
  }

  private Agent trialMonitor() {
    return new TrialMonitorAgent(new AgentName("trial-monitor"), trials::add, reminders, clock);
  }

  @ParameterizedTest
  @CsvSource({"premium_trial,14", "team_trial,14", "enterprise_trial,30"})
  void aTrialIsRecordedAndItsEndAnnouncedThreeDaysBefore(String plan, int days) {
    Event published = done(trialMonitor(), signUp(plan, "", "")).publish().getFirst();
    Instant ends = SIGNED_UP.plus(Duration.ofDays(days));
    assertEquals(List.of(new Trials.Trial("usr-5678", plan, SIGNED_UP, ends, Optional.of(ends.minus(Duration.ofDays(3))))), trials);
    assertEquals(List.of(ends.minus(Duration.ofDays(3))), List.copyOf(planned.values()));
    assertEquals("trial.ending", plannedEvents.getFirst().type());
    assertPublic(plannedEvents.getFirst());
    assertPublic(published);
  }

  @Test
  void aPlanWithoutATrialIsNothingToRecord() {
    assertEquals(List.of(), done(trialMonitor(), signUp("free", "", "")).publish());
    assertEquals(List.of(), trials);
    assertEquals(Map.of(), planned);
  }

  @Test
  void aReminderThatIsLateGoesOutAtOnceAndOneForATrialThatIsOverDoesNot() {
    clock.move(Duration.ofDays(12));
    done(trialMonitor(), signUp("premium_trial", "", ""));
    assertEquals(List.of(clock.instant().plus(Duration.ofMinutes(1))), List.copyOf(planned.values()));
    planned.clear();
    clock.move(Duration.ofDays(3));
    Event published = done(trialMonitor(), signUp("premium_trial", "", "")).publish().getFirst();
    assertEquals(Map.of(), planned);
    assertFalse(published.data().has("reminder_at"));
    assertPublic(published);
  }

  @ParameterizedTest
  @CsvSource({
    "free,'','',guided-tour",
    "premium_trial,marketing_campaign_xyz,US-CA,advanced-analytics campaign-templates us-tax-reports ccpa-console guided-tour",
    "enterprise,partner_acme,DE-BY,sso partner-integrations eu-data-residency guided-tour",
    "team_trial,'',US-NY,shared-workspaces us-tax-reports guided-tour",
    "free,'',CH,guided-tour",
  })
  void featuresFollowFromPlanSourceAndLocation(String plan, String source, String location, String features) {
    Event published = done(new PersonalizationAgent(new AgentName("personalization-agent"), clock), signUp(plan, source, location)).publish().getFirst();
    assertEquals(List.of(features.split(" ", -1)), published.data().path("features").valueStream().map(f -> f.path("feature").asText()).toList());
    assertPublic(published);
  }
}

package agentpost.onboarding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.coordination.Join;
import agentpost.event.Event;
import agentpost.stories.Published;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.testing.PlannedEvents;
import agentpost.webhook.Agent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnboardingCoordinatorTest {
  private static final AgentName NAME = new AgentName("onboarding-coordinator");
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP.plusSeconds(5));
  private final PlannedEvents planned = new PlannedEvents();
  private final Agent agent =
      new OnboardingCoordinator(
          NAME,
          new Join(
              "onboarding",
              new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, NAME, clock),
              new AgentDeadlines(NAME, planned, clock)),
          clock);
  private final Event signUp = Events.signUp("premium_trial");
  private final Event welcomed =
      Events.answer(
          signUp,
          "welcome-agent",
          "email.sent",
          "{'to':'ada@example.com','template':'welcome','message_id':'m-1'}",
          1);
  private final Event started =
      Events.answer(
          signUp,
          "trial-monitor",
          "trial.started",
          "{'user_id':'usr-5678','plan':'premium_trial','started_at':'2026-03-31T10:30:00Z','ends_at':'2026-04-14T10:30:00Z'}",
          2);
  private final Event suggested =
      Events.answer(
          signUp,
          "personalization-agent",
          "features.suggested",
          "{'user_id':'usr-5678','features':[{'feature':'guided-tour','reason':'new here'}]}",
          3);
  private final Event alerted =
      Events.answer(
          signUp,
          "support-notification",
          "support.alerted",
          "{'reason':'High-value sign-up','severity':'info'}",
          4);

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void whenAllHaveComeItSaysHowLongEachTook() {
    List.of(suggested, signUp, welcomed, alerted).forEach(event -> Published.none(agent, event));
    assertEquals(
        Events.json(
            "{'user_id':'usr-5678','started_at':'2026-03-31T10:30:00Z','completed_at':'2026-03-31T10:30:04Z','took_seconds':4.0,'late':false,'steps':["
                + "{'agent':'welcome-agent','at':'2026-03-31T10:30:01Z','took_seconds':1.0},"
                + "{'agent':'trial-monitor','at':'2026-03-31T10:30:02Z','took_seconds':2.0},"
                + "{'agent':'personalization-agent','at':'2026-03-31T10:30:03Z','took_seconds':3.0},"
                + "{'agent':'support-notification','at':'2026-03-31T10:30:04Z','took_seconds':4.0}]}"),
        Published.one(agent, started, "onboarding.completed").data());
  }

  @Test
  void publishedAgainAfterACrashItIsTheSameEvent() {
    List.of(signUp, suggested, welcomed, alerted).forEach(event -> Published.none(agent, event));
    Event first = Published.one(agent, started, "onboarding.completed");
    assertEquals(first, Published.one(agent, started, "onboarding.completed"));
    Published.none(agent, welcomed);
  }

  @Test
  void afterAnHourItNamesWhoIsMissing() {
    List.of(signUp, suggested, welcomed, started).forEach(event -> Published.none(agent, event));
    assertEquals(List.of(Instant.parse("2026-03-31T11:30:05Z")), planned.times());
    Event deadline = planned.fire();
    Event stalled = Published.one(agent, deadline, "onboarding.stalled");
    assertEquals(
        Events.json(
            "{'user_id':'usr-5678','started_at':'2026-03-31T10:30:00Z','deadline':'2026-03-31T11:30:05Z','missing':['support-notification'],"
                + "'arrived':['personalization-agent','trial-monitor','welcome-agent']}"),
        stalled.data());
    assertEquals(
        true,
        Published.one(agent, alerted, "onboarding.completed").data().path("late").asBoolean());
    Published.none(
        agent,
        Events.answer(
            welcomed,
            "welcome-agent",
            "email.sent",
            "{'to':'ada@example.com','template':'welcome','message_id':'m-2'}",
            9));
  }

  @Test
  void aSignUpThatComesAfterDaysHasItsHour() {
    clock.move(Duration.ofDays(3));
    Published.none(agent, signUp);
    assertEquals(List.of(clock.instant().plus(Duration.ofHours(1))), planned.times());
  }

  @ParameterizedTest
  @CsvSource({
    "free,welcome-agent personalization-agent",
    "team_trial,welcome-agent personalization-agent trial-monitor",
    "premium_trial,welcome-agent personalization-agent trial-monitor support-notification",
    "enterprise,welcome-agent personalization-agent support-notification",
    "enterprise_trial,welcome-agent personalization-agent trial-monitor support-notification",
    "premium,welcome-agent personalization-agent",
  })
  void whoIsWaitedForFollowsFromTheSignUp(String plan, String agents) {
    assertEquals(List.of(agents.split(" ", -1)), Onboarding.of(SignUp.of(Events.signUp(plan))));
  }

  @Test
  void aFreeSignUpIsCompleteWithoutTrialAndSupport() {
    Published.none(agent, Events.signUp("free"));
    Published.none(agent, welcomed);
    Published.one(agent, suggested, "onboarding.completed");
  }

  @Test
  void whatOthersPublishUnderTheSameCorrelationIdIsNoPart() {
    Published.none(agent, signUp);
    List<Event> others = new ArrayList<>();
    others.add(
        Events.answer(
            started,
            "follow-up-agent",
            "email.sent",
            "{'to':'ada@example.com','template':'trial-ending','message_id':'m-2'}",
            1));
    others.add(
        Events.answer(
            started,
            "scheduling-agent",
            "support.alerted",
            "{'reason':'No demo was booked','severity':'warning'}",
            1));
    others.forEach(event -> Published.none(agent, event));
    assertFalse(
        tables
            .state("onboarding-coordinator", "join#onboarding#corr-9876", "state")
            .contains("follow-up-agent"));
  }

  @Test
  void aServiceWhoseClockIsBehindTookNoTime() {
    Event early =
        Events.answer(
            signUp,
            "welcome-agent",
            "email.sent",
            "{'to':'ada@example.com','template':'welcome','message_id':'m-1'}",
            -30);
    Published.none(agent, Events.signUp("free"));
    Published.none(agent, suggested);
    Event completed = Published.one(agent, early, "onboarding.completed");
    assertEquals(0.0, completed.data().path("steps").path(0).path("took_seconds").asDouble());
  }
}

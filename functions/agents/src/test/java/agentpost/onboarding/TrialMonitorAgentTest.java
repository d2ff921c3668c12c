package agentpost.onboarding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.coordination.ReminderScheduler;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.stories.Published;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.testing.PlannedEvents;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class TrialMonitorAgentTest {
  private static final AgentName NAME = new AgentName("trial-monitor");
  private static final Instant REMINDER = Events.SIGNED_UP.plus(Duration.ofDays(11));
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP.plusSeconds(2));
  private final PlannedEvents planned = new PlannedEvents();
  private final Agent agent = agent(planned);
  private final Event signUp = Events.signUp("premium_trial");
  private final Event converted =
      Events.event(
          "converted-1",
          "user.converted",
          "billing_service",
          "{'user_id':'usr-5678','plan':'premium'}");

  private Agent agent(ReminderScheduler reminders) {
    return new TrialMonitorAgent(
        NAME,
        new DynamoTrialStore(tables.client(), LocalTables.AGENT_STATE, NAME, clock),
        reminders,
        clock);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  private String row(String attribute) {
    return tables.state("trial-monitor", "trial#usr-5678", attribute);
  }

  @ParameterizedTest
  @CsvSource({"premium_trial,14", "team_trial,14", "enterprise_trial,30"})
  void aTrialIsRecordedAndItsEndAnnouncedThreeDaysBefore(String plan, int days) {
    Event published = Published.one(agent, Events.signUp(plan), "trial.started");
    Instant ends = Events.SIGNED_UP.plus(Duration.ofDays(days));
    assertEquals(plan, row("plan"));
    assertEquals(ends.toString(), row("ends_at"));
    assertEquals(Long.toString(ends.plus(Duration.ofDays(90)).getEpochSecond()), row("expires_at"));
    assertEquals(List.of(ends.minus(Duration.ofDays(3))), planned.times());
    assertEquals("trial.ending", planned.events().getFirst().type());
    Events.assertPublic(planned.events().getFirst(), signUp);
    assertEquals(
        ends.minus(Duration.ofDays(3)).toString(), published.data().path("reminder_at").asText());
  }

  @Test
  void aPlanWithoutATrialIsNothingToRecord() {
    Published.none(agent, Events.signUp("free"));
    assertEquals("", row("plan"));
    assertEquals(List.of(), planned.events());
  }

  @Test
  void aReminderThatIsLateGoesOutAtOnce() {
    clock.move(Duration.ofDays(12));
    Published.one(agent, signUp, "trial.started");
    assertEquals(List.of(clock.instant().plus(Duration.ofMinutes(1))), planned.times());
  }

  @Test
  void nobodyIsRemindedOfATrialThatIsOver() {
    clock.move(Duration.ofDays(15));
    assertFalse(Published.one(agent, signUp, "trial.started").data().has("reminder_at"));
    assertEquals(List.of(), planned.events());
  }

  @Test
  void aConversionCallsOffTheReminderAndMarksTheTrial() {
    Published.one(agent, signUp, "trial.started");
    Published.none(agent, converted);
    assertEquals(List.of(), planned.events());
    assertEquals(Events.SIGNED_UP.toString(), row("converted_at"));
    assertEquals("premium_trial", row("plan"));
    Published.none(agent, converted);
  }

  @Test
  void aConversionAfterTheReminderWentOutIsHarmless() {
    Published.one(agent, signUp, "trial.started");
    planned.fire();
    Published.none(agent, converted);
    assertEquals(Events.SIGNED_UP.toString(), row("converted_at"));
  }

  @Test
  void whoConvertedBeforeTheSignUpArrivesIsNotReminded() {
    Published.none(agent, converted);
    assertFalse(Published.one(agent, signUp, "trial.started").data().has("reminder_at"));
    assertEquals(0, planned.plans());
    assertEquals("premium_trial", row("plan"));
    assertEquals(Events.SIGNED_UP.toString(), row("converted_at"));
  }

  /**
   * A conversion, handled whole, before and after each call to the outside that the sign-up makes.
   */
  @Test
  void aConversionInTheMiddleOfTheSignUpLeavesNothingPlanned() {
    for (int at = 1; at <= 3; at++) {
      planned.cancel(EventId.derive("trial-monitor", signUp.id(), "trial.ending"));
      tables
          .client()
          .deleteItem(
              delete ->
                  delete
                      .tableName(LocalTables.AGENT_STATE)
                      .key(
                          Map.of(
                              "agent",
                              AttributeValue.fromS("trial-monitor"),
                              "key",
                              AttributeValue.fromS("trial#usr-5678"))));
      AtomicInteger left = new AtomicInteger(at);
      Runnable conversion =
          () -> {
            if (left.decrementAndGet() == 0) {
              tables.works();
              agent.handle(converted);
            }
          };
      tables.failBefore(
          _ -> {
            conversion.run();
            return Optional.empty();
          });
      Outcome outcome =
          agent(
                  new ReminderScheduler() {
                    @Override
                    public void plan(Event event, Instant when) {
                      conversion.run();
                      planned.plan(event, when);
                    }

                    @Override
                    public void cancel(EventId id) {
                      planned.cancel(id);
                    }
                  })
              .handle(signUp);
      tables.works();
      assertInstanceOf(Outcome.Done.class, outcome);
      assertEquals(List.of(), planned.events(), "a conversion before call " + at);
      assertTrue(left.get() <= 0, "the conversion happened");
    }
  }

  /**
   * The sign-up dies after each number of calls to the tables, the user converts, the sign-up comes
   * again.
   */
  @Test
  void aConversionBetweenACrashedSignUpAndItsNextAttemptLeavesNothingPlanned() {
    for (int fatal = 1; fatal <= 3; fatal++) {
      Event other =
          Events.event(
              "sign-up-" + fatal,
              "user.signed_up",
              "authentication_service",
              "{'user_id':'usr-" + fatal + "','email':'a@example.com','plan':'team_trial'}");
      AtomicInteger left = new AtomicInteger(fatal);
      tables.failBefore(
          _ ->
              left.decrementAndGet() == 0
                  ? Optional.of(SdkClientException.create("the function died"))
                  : Optional.empty());
      try {
        agent.handle(other);
      } catch (SdkClientException e) {
        assertEquals(0, left.get());
      }
      tables.works();
      Published.none(
          agent,
          Events.event(
              "c-" + fatal,
              "user.converted",
              "billing_service",
              "{'user_id':'usr-" + fatal + "','plan':'team'}"));
      Published.one(agent, other, "trial.started");
      assertEquals(List.of(), planned.events(), "died before call " + fatal);
    }
  }

  @Test
  void theReminderSurvivesACrashOfThePlanning() {
    planned.failNext(new IllegalStateException("Scheduler is down"));
    try {
      agent.handle(signUp);
    } catch (IllegalStateException e) {
      assertEquals(List.of(), planned.events());
    }
    Published.one(agent, signUp, "trial.started");
    Published.one(agent, signUp, "trial.started");
    assertEquals(List.of(REMINDER), planned.times());
  }
}

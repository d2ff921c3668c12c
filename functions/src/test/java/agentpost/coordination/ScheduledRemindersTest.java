package agentpost.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.AgentName;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.platform.Environment;
import agentpost.schemas.EventSchemas;
import agentpost.testing.Events;
import agentpost.testing.FakeScheduler;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;

class ScheduledRemindersTest {
  private final FakeScheduler scheduler = new FakeScheduler();
  private final Map<String, String> environment =
      Map.of("SCHEDULE_GROUP", "agentpost", "SCHEDULE_ROLE_ARN", "arn:aws:iam::111122223333:role/r", "BUS_ARN", "arn:aws:events:us-east-1:111122223333:event-bus/agentpost");
  private final Reminders reminders =
      new ScheduledReminders(scheduler, Environment.requiring(environment, "SCHEDULE_GROUP", "SCHEDULE_ROLE_ARN", "BUS_ARN"), EventSchemas.load());
  private final Event event = Events.signUp("free");

  @Test
  void aPlannedEventIsAOneTimeScheduleThatPutsItOnTheBus() {
    reminders.plan(event, Instant.parse("2026-04-11T10:30:00.700Z"));
    CreateScheduleRequest schedule = scheduler.schedules().values().iterator().next();
    assertEquals("at(2026-04-11T10:30:01)", schedule.scheduleExpression());
    assertEquals("user.signed_up", schedule.target().eventBridgeParameters().detailType());
    assertEquals(new EventCodec().write(event), schedule.target().input());
    reminders.plan(event, Instant.parse("2026-04-12T10:30:00Z"));
    assertEquals(Map.of("agentpost/uuid-1234-abcd", schedule), scheduler.schedules(), "planned again, it stays as it was");
  }

  @Test
  void anEventThatIsNotValidIsRefusedWhenItIsPlannedAndNotWhenItIsHeard() {
    Event wrong = event.answer(new AgentName("trial-monitor"), "trial.ending", JsonNodeFactory.instance.objectNode(), Instant.EPOCH);
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> reminders.plan(wrong, Instant.parse("2026-04-11T10:30:00Z")));
    assertTrue(refused.toString().contains(": trial.ending is not valid: /data/"), refused.toString());
    assertEquals(Map.of(), scheduler.schedules());
  }

  @Test
  void whatIsCalledOffIsGoneAndWhatIsNotThereNeedNotBe() {
    reminders.plan(event, Instant.parse("2026-04-11T10:30:00Z"));
    reminders.cancel(event.id());
    assertEquals(Map.of(), scheduler.schedules());
    reminders.cancel(event.id());
    reminders.cancel(new EventId("never-planned"));
  }
}

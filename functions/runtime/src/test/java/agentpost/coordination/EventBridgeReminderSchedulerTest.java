package agentpost.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.platform.Environment;
import agentpost.schemas.EventSchemas;
import agentpost.testing.Events;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeScheduler;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;

class EventBridgeReminderSchedulerTest {
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private final FakeScheduler scheduler = new FakeScheduler();
  private final Map<String, String> environment =
      Map.of(
          "AGENT",
          "trial-monitor",
          "SCHEDULE_GROUP",
          "agentpost",
          "SCHEDULE_ROLE_ARN",
          "arn:aws:iam::111122223333:role/r",
          "SCHEDULE_DLQ_ARN",
          "arn:aws:sqs:us-east-1:111122223333:agentpost-schedules-dlq",
          "BUS_ARN",
          "arn:aws:events:us-east-1:111122223333:event-bus/agentpost");
  private final ReminderScheduler reminders =
      new EventBridgeReminderScheduler(
          scheduler,
          Environment.require(
              environment,
              "AGENT",
              "SCHEDULE_GROUP",
              "SCHEDULE_ROLE_ARN",
              "SCHEDULE_DLQ_ARN",
              "BUS_ARN"),
          SCHEMAS);
  private final Event event = Events.signUp("free");

  @Test
  void aPlannedEventIsAOneTimeScheduleThatPutsItOnTheBus() {
    reminders.plan(event.withHops(3), Instant.parse("2026-04-11T10:30:00.700Z"));
    CreateScheduleRequest schedule = scheduler.schedules().values().iterator().next();
    assertEquals("at(2026-04-11T10:30:01)", schedule.scheduleExpression());
    assertEquals("user.signed_up", schedule.target().eventBridgeParameters().detailType());
    assertEquals(new EventCodec().write(event), schedule.target().input());
    assertEquals(
        "arn:aws:sqs:us-east-1:111122223333:agentpost-schedules-dlq",
        schedule.target().deadLetterConfig().arn());
    reminders.plan(event, Instant.parse("2026-04-12T10:30:00Z"));
    assertEquals(
        Map.of("agentpost/trial-monitor.uuid-1234-abcd", schedule),
        scheduler.schedules(),
        "planned again, it stays as it was");
  }

  @Test
  void anEventThatIsNotValidIsRefusedWhenItIsPlannedAndNotWhenItIsHeard() {
    Event wrong =
        event.answer(
            new AgentName("trial-monitor"),
            "trial.ending",
            JsonNodeFactory.instance.objectNode(),
            Instant.EPOCH);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> reminders.plan(wrong, Instant.parse("2026-04-11T10:30:00Z")));
    assertTrue(
        refused.toString().contains(": trial.ending is not valid: /data/"), refused.toString());
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

  private EventBridgeReminderScheduler of(String agent) {
    Map<String, String> own = new HashMap<>(environment);
    own.put("AGENT", agent);
    return new EventBridgeReminderScheduler(scheduler, Environment.require(own, "AGENT"), SCHEMAS);
  }

  @Test
  void anotherAgentsScheduleOfTheSameEventIsAnother() {
    reminders.plan(event, Instant.parse("2026-04-11T10:30:00Z"));
    of("trial").plan(event, Instant.parse("2026-04-11T10:30:00Z"));
    of("trial").cancel(event.id());
    assertEquals(Set.of("agentpost/trial-monitor.uuid-1234-abcd"), scheduler.schedules().keySet());
  }

  /**
   * Names have 64 characters at most and no colon; agents have 40 and events 128, colons among
   * them.
   */
  @Property
  void everyAgentsEveryEventHasANameThatSchedulerTakesAndIsItsOwn(
      @ForAll("agents") String agent, @ForAll("ids") String id) {
    Event other =
        Events.event(id, "user.signed_up", "authentication_service", event.data().toString());
    FakeScheduler mine = new FakeScheduler();
    Map<String, String> own = new HashMap<>(environment);
    own.put("AGENT", agent);
    ReminderScheduler its =
        new EventBridgeReminderScheduler(mine, Environment.require(own, "AGENT"), SCHEMAS);
    its.plan(other, Instant.parse("2026-04-11T10:30:00Z"));
    String name = mine.schedules().keySet().iterator().next();
    assertTrue(
        name.matches("agentpost/" + agent + "\\.[0-9A-Za-z_.-]+")
            && name.length() <= "agentpost/".length() + 64,
        name);
    its.cancel(other.id());
    assertEquals(Map.of(), mine.schedules());
  }

  @Provide
  Arbitrary<String> agents() {
    return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(40);
  }

  @Provide
  Arbitrary<String> ids() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('0', '9')
        .withChars("._:-AZ")
        .ofMinLength(1)
        .ofMaxLength(128);
  }
}

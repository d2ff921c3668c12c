package agentpost.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;

class AlertAggregatorTest {
  private static final AgentName NAME = new AgentName("alert-aggregator");
  private static final Instant START = Events.SIGNED_UP;
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(START);
  private final PlannedEvents planned = new PlannedEvents();
  private final Agent agent =
      new AlertAggregator(
          NAME,
          new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, NAME, clock),
          new AgentDeadlines(NAME, planned, clock),
          clock);

  @AfterEach
  void close() {
    tables.close();
  }

  private static Event alert(String id, int minute, String more) {
    return event(id, minute, "raised", more);
  }

  private static Event over(String id, int minute) {
    return event(id, minute, "resolved", "");
  }

  /**
   * @param more of the data, in JSON with single quotes, instead of what is usual
   */
  private static Event event(String id, int minute, String state, String more) {
    var data =
        Events.json(
            "{'fingerprint':'disk','kind':'infrastructure','severity':'warning','state':'"
                + state
                + "','source':'cloudwatch','title':'disk full'}");
    data.setAll(Events.json("{" + more + "}"));
    Event.Metadata metadata =
        new Event.Metadata("alerts", new CorrelationId("corr-" + id), Optional.empty(), 1);
    return new Event(
        new EventId(id), "alert.raised", START.plus(Duration.ofMinutes(minute)), data, metadata);
  }

  /**
   * The window's end, and an hour's reminder and so on: the next that is planned, when its time has
   * come.
   */
  private Event next() {
    Instant at = planned.times().getFirst();
    clock.move(Duration.between(clock.instant(), at));
    return planned.fire();
  }

  private void opened(String id) {
    Published.none(agent, alert(id, 0, ""));
  }

  @Test
  void theFirstAlertOpensAGroupAndTheWindowsEndPublishesIt() {
    opened("a1");
    clock.move(Duration.ofMinutes(1));
    Published.none(
        agent,
        alert(
            "a2",
            1,
            "'severity':'critical','title':'disk is full"
                + " now','source':'node-exporter','resource':'i-1'"));
    Published.none(agent, alert("a3", 2, "'title':'later','resource':'i-2'"));
    assertEquals(
        List.of(START.plus(AlertGroup.WINDOW)), planned.times(), "one deadline for the group");
    Event grouped = Published.one(agent, next(), "alert.grouped");
    assertEquals(
        Events.json(
            "{'group_id':'a1','fingerprint':'disk','kind':'infrastructure','severity':'critical','title':'disk"
                + " is full now','count':3,'first_at':'2026-03-31T10:30:00Z',"
                + "'last_at':'2026-03-31T10:32:00Z','resolved':false,'sources':['cloudwatch','node-exporter'],'resources':['i-1','i-2']}"),
        grouped.data());
  }

  @Test
  void whatIsNotResolvedIsRemindedOfLessAndLessOftenAndThenGivenUp() {
    opened("a1");
    Published.one(agent, next(), "alert.grouped");
    List<Long> hours = new ArrayList<>();
    for (int number = 1; number <= AlertGroup.MAX_REMINDERS; number++) {
      Instant before = clock.instant();
      Event reminder = Published.one(agent, next(), "alert.unresolved");
      hours.add(Duration.between(before, clock.instant()).toHours());
      assertEquals(number, reminder.data().path("reminder").asInt());
      assertEquals(number < AlertGroup.MAX_REMINDERS, reminder.data().has("next_at"));
    }
    assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 24L, 24L, 24L), hours);
    assertEquals(List.of(), planned.events());
    Published.none(agent, alert("a2", 10_000, ""));
    assertEquals(
        "a2",
        Published.one(agent, next(), "alert.grouped").data().path("group_id").asText(),
        "an alert after that opens a new group");
  }

  @Test
  void alertsAfterTheWindowAreCountedAndTheReminderSaysHowMany() {
    opened("a1");
    Published.one(agent, next(), "alert.grouped");
    Published.none(agent, alert("a2", 30, ""));
    Published.none(agent, alert("a3", 31, ""));
    Event reminder = Published.one(agent, next(), "alert.unresolved");
    assertEquals(
        "3 2026-03-31T11:01:00Z",
        reminder.data().path("count").asText() + " " + reminder.data().path("last_at").asText());
  }

  @Test
  void whatIsResolvedInTheWindowIsGroupedAsSuchAndNotRemindedOf() {
    opened("a1");
    Published.none(agent, over("o1", 3));
    assertTrue(Published.one(agent, next(), "alert.grouped").data().path("resolved").asBoolean());
    assertEquals(List.of(), planned.events());
  }

  @Test
  void aReminderThatFindsTheTroubleOverSaysNothingAndIsTheLast() {
    opened("a1");
    Published.one(agent, next(), "alert.grouped");
    Published.none(agent, over("o1", 20));
    Published.none(agent, next());
    assertEquals(List.of(), planned.events());
    Published.none(agent, alert("a2", 100, ""));
    assertEquals(
        "a2", Published.one(agent, next(), "alert.grouped").data().path("group_id").asText());
  }

  @Test
  void troubleThatComesBackInTheWindowIsNotOver() {
    opened("a1");
    Published.none(agent, over("o1", 3));
    Published.none(agent, alert("a2", 4, ""));
    Event grouped = Published.one(agent, next(), "alert.grouped");
    assertEquals(
        "2 false",
        grouped.data().path("count").asText() + " " + grouped.data().path("resolved").asText());
    Published.one(agent, next(), "alert.unresolved");
  }

  /**
   * Alerts and their end take different ways, and an agent that was down gets them as they come.
   */
  @Test
  void inAnyOrderTheGroupIsTheSame() {
    List<Event> all =
        List.of(alert("a1", 1, ""), alert("a2", 2, "'severity':'critical'"), over("o1", 3));
    int number = 0;
    for (List<Event> order :
        List.of(
            all,
            List.of(all.get(2), all.get(1), all.get(0)),
            List.of(all.get(1), all.get(2), all.get(0)))) {
      String fingerprint = "disk-" + number++;
      order.forEach(event -> Published.none(agent, with(event, fingerprint)));
      Event grouped = Published.one(agent, next(), "alert.grouped");
      assertEquals(
          "2 true critical 2026-03-31T10:31:00Z 2026-03-31T10:32:00Z",
          summary(grouped),
          fingerprint);
    }
  }

  private static Event with(Event event, String fingerprint) {
    var data = event.data().deepCopy().put("fingerprint", fingerprint);
    return new Event(
        new EventId(event.id().value() + "-" + fingerprint),
        event.type(),
        event.timestamp(),
        data,
        event.metadata());
  }

  private static String summary(Event grouped) {
    return String.join(
        " ",
        List.of("count", "resolved", "severity", "first_at", "last_at").stream()
            .map(name -> grouped.data().path(name).asText())
            .toList());
  }

  @Test
  void anEndThatIsOlderThanTheLastAlertEndsNothing() {
    opened("a1");
    Published.none(agent, alert("a2", 5, ""));
    Published.none(agent, over("o1", 4));
    assertFalse(Published.one(agent, next(), "alert.grouped").data().path("resolved").asBoolean());
  }

  @Test
  void theSameAlertAgainCountsOnce() {
    opened("a1");
    opened("a1");
    Published.none(agent, alert("a2", 1, ""));
    Published.none(agent, alert("a2", 1, ""));
    assertEquals(2, Published.one(agent, next(), "alert.grouped").data().path("count").asInt());
  }

  @Test
  void handledAgainAfterACrashADeadlinePublishesTheSameWhateverHasComeSince() {
    opened("a1");
    Event window = next();
    Event grouped = Published.one(agent, window, "alert.grouped");
    Published.none(agent, alert("a2", 12, ""));
    assertEquals(grouped, Published.one(agent, window, "alert.grouped"));
    Event due = next();
    Event reminder = Published.one(agent, due, "alert.unresolved");
    Published.none(agent, over("o1", 100));
    clock.move(Duration.ofMinutes(5));
    assertEquals(reminder.data(), Published.one(agent, due, "alert.unresolved").data());
    assertEquals(1, planned.events().size());
  }

  @Test
  void whoDiesBeforeTheWindowsEndIsPlannedComesAgainAndPlansIt() {
    planned.failNext(new IllegalStateException("Scheduler is down"));
    assertThrows(IllegalStateException.class, () -> agent.handle(alert("a1", 0, "")));
    Published.none(agent, alert("a2", 1, ""));
    assertEquals(List.of(), planned.events());
    opened("a1");
    assertEquals(2, Published.one(agent, next(), "alert.grouped").data().path("count").asInt());
  }

  @Test
  void aTableThatDoesNotAnswerLeavesNothingHalfDone() {
    for (String call : List.of("getItem", "putItem")) {
      tables.failBefore(
          method ->
              method.equals(call)
                  ? Optional.of(SdkClientException.create("the function died"))
                  : Optional.empty());
      assertThrows(SdkClientException.class, () -> agent.handle(alert("a1", 0, "")));
      tables.works();
    }
    assertEquals(List.of(), planned.events());
    opened("a1");
    assertEquals(1, Published.one(agent, next(), "alert.grouped").data().path("count").asInt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"'kind':'application'", "'fingerprint':'Disk'"})
  void anotherKindOrFingerprintIsAnotherGroup(String more) {
    opened("a1");
    Published.none(agent, event("o1", 3, "resolved", more));
    Event grouped = Published.one(agent, next(), "alert.grouped");
    assertFalse(grouped.data().path("resolved").asBoolean());
  }

  @Test
  void aDeadlineOfAnotherGroupOrAgentIsNotItsOwn() {
    opened("a1");
    Event window = next();
    Event.Metadata other =
        new Event.Metadata(
            NAME.value(),
            window.metadata().correlationId(),
            Optional.of(new EventId("elsewhere")),
            1);
    Published.none(
        agent, new Event(window.id(), window.type(), window.timestamp(), window.data(), other));
    Published.none(
        agent,
        new Event(
            window.id(),
            window.type(),
            window.timestamp(),
            window.data().deepCopy().put("agent", "another"),
            window.metadata()));
    Published.one(agent, window, "alert.grouped");
  }

  @Test
  void ofAlertsThatComeAtTheSameInstantEachCountsAndOneOpensTheGroup() throws Exception {
    int alerts = 16;
    try (var threads = Executors.newFixedThreadPool(alerts)) {
      List<Callable<Boolean>> calls =
          IntStream.range(0, alerts)
              .<Callable<Boolean>>mapToObj(
                  i ->
                      () -> {
                        Published.none(agent, alert("a" + i, 0, ""));
                        return true;
                      })
              .toList();
      for (Future<Boolean> call : threads.invokeAll(calls)) {
        assertTrue(call.get());
      }
    }
    assertEquals(
        alerts, Published.one(agent, next(), "alert.grouped").data().path("count").asInt());
  }

  @Test
  void aStormIsOneGroupAndItsRowStaysSmall() {
    for (int i = 0; i < 500; i++) {
      Published.none(
          agent, alert("storm-" + i, i / 60, "'source':'host-" + i + "','resource':'r-" + i + "'"));
    }
    Event grouped = Published.one(agent, next(), "alert.grouped");
    assertEquals(
        "500 20 20",
        grouped.data().path("count").asText()
            + " "
            + grouped.data().path("sources").size()
            + " "
            + grouped.data().path("resources").size());
    assertTrue(tables.rows(LocalTables.AGENT_STATE).getFirst().toString().length() < 20_000);
  }

  /** The most that alerts may say, of four bytes a character, until the last reminder. */
  @Test
  void theLargestGroupFitsARowOfTheTable() {
    String wide = "\ud83d\ude00";
    for (int i = 0; i < 300; i++) {
      String id = "%s-%03d".formatted("a".repeat(124), i);
      Published.none(
          agent,
          alert(
              id,
              0,
              "'title':'%s','source':'%s%03d','resource':'%s%03d'"
                  .formatted(wide.repeat(512), wide.repeat(253), i, wide.repeat(2045), i)));
    }
    Published.one(agent, next(), "alert.grouped");
    for (int number = 1; number <= AlertGroup.MAX_REMINDERS; number++) {
      Published.one(agent, next(), "alert.unresolved");
    }
  }
}

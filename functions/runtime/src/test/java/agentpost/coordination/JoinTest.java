package agentpost.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.coordination.Join.Standing;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.testing.PlannedEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoinTest {
  private static final AgentName AGENT = new AgentName("trip-planner");
  private static final Subject TRIP = new Subject("trip", "trip-1");
  private static final Instant BEGUN = Events.SIGNED_UP;
  private static final Instant DEADLINE = BEGUN.plus(Duration.ofHours(1));
  private static final List<String> PARTS = List.of("flight", "hotel", "car", "visa");
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(BEGUN.plusSeconds(1));
  private final PlannedEvents planned = new PlannedEvents();
  private final Join join =
      new Join(
          "trip",
          new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, AGENT, clock),
          new AgentDeadlines(AGENT, planned, clock));

  @AfterEach
  void close() {
    tables.close();
  }

  private static Event event(String id, String correlation, Instant at) {
    return new Event(
        new EventId(id),
        "trip.part",
        at,
        Events.json("{}"),
        new Event.Metadata("a-service", new CorrelationId(correlation), Optional.empty(), 1));
  }

  /**
   * "begin", "deadline", or a part, which happens as many seconds after the beginning as its name
   * is long; another of the same a minute later.
   */
  private Standing happens(String what, String correlation) {
    return happens(what, correlation, what + "-" + correlation);
  }

  private Standing happens(String what, String correlation, String eventId) {
    return switch (what) {
      case "begin" -> join.begin(event(eventId, correlation, BEGUN), TRIP, PARTS, DEADLINE);
      case "deadline" -> join.deadline(planned.events().getFirst());
      default ->
          join.arrive(
              event(
                  eventId,
                  correlation,
                  BEGUN.plusSeconds(what.length() + (eventId.startsWith(what) ? 0 : 60))),
              what);
    };
  }

  private static List<List<String>> orders(List<String> all) {
    if (all.isEmpty()) {
      return List.of(List.of());
    }
    List<List<String>> orders = new ArrayList<>();
    for (String first : all) {
      List<String> others = new ArrayList<>(all);
      others.remove(first);
      for (List<String> rest : orders(others)) {
        List<String> order = new ArrayList<>(List.of(first));
        order.addAll(rest);
        orders.add(order);
      }
    }
    return orders;
  }

  @Test
  void inAnyOrderWithEverythingTwiceTheLastToBeMissingCompletesIt() {
    List<List<String>> orders = orders(List.of("begin", "flight", "hotel", "car", "visa"));
    assertEquals(120, orders.size());
    for (int i = 0; i < orders.size(); i++) {
      List<String> order = orders.get(i);
      String correlation = "corr-" + i;
      for (String what : order.subList(0, 4)) {
        assertInstanceOf(
            Standing.Unchanged.class, happens(what, correlation), order + " at " + what);
        assertInstanceOf(
            Standing.Unchanged.class,
            happens(what, correlation, "again-" + what),
            order + " at another " + what);
      }
      Join.Progress progress =
          assertInstanceOf(
                  Standing.Completed.class, happens(order.get(4), correlation), order.toString())
              .progress();
      assertEquals(
          Map.of(
              "flight",
              BEGUN.plusSeconds(6),
              "hotel",
              BEGUN.plusSeconds(5),
              "car",
              BEGUN.plusSeconds(3),
              "visa",
              BEGUN.plusSeconds(4)),
          progress.arrived());
      assertEquals(Set.of(), progress.missing());
      assertEquals(TRIP, progress.about());
      for (String what : order) {
        assertEquals(
            new Standing.Unchanged("complete already"),
            happens(what, correlation, "once-more-" + what),
            order.toString());
      }
    }
  }

  @Test
  void aCrashBeforeAnyCallToTheTableChangesNothing() {
    for (List<String> order :
        List.of(
            List.of("begin", "flight", "hotel", "car", "visa"),
            List.of("visa", "car", "hotel", "flight", "begin"))) {
      String correlation = "corr-" + order.getFirst();
      List<Standing> standings =
          order.stream()
              .map(what -> Crashes.everywhere(tables, () -> happens(what, correlation)))
              .toList();
      assertEquals(1, standings.stream().filter(Standing.Completed.class::isInstance).count());
      assertInstanceOf(Standing.Completed.class, standings.getLast());
    }
  }

  @Test
  void aCrashBeforeTheDeadlineIsPlannedIsMended() {
    planned.failNext(new IllegalStateException("Scheduler is down"));
    try {
      happens("begin", "corr-1");
    } catch (IllegalStateException e) {
      assertEquals(List.of(), planned.events());
    }
    happens("begin", "corr-1");
    assertEquals(List.of(DEADLINE), planned.times());
    Events.assertPublic(planned.events().getFirst(), event("begin-corr-1", "corr-1", BEGUN));
  }

  @Test
  void aWriteWhoseAnswerIsLostIsStillTheOneThatCompletesIt() {
    tables.repeatPutItem();
    List.of("begin", "flight", "hotel", "car").forEach(what -> happens(what, "corr-1"));
    assertInstanceOf(Standing.Completed.class, happens("visa", "corr-1"));
  }

  @Test
  void ofPartsThatComeAtTheSameInstantOneCompletesIt() throws Exception {
    List<String> all = List.of("begin", "flight", "hotel", "car", "visa");
    CyclicBarrier together = new CyclicBarrier(all.size());
    try (var threads = Executors.newFixedThreadPool(all.size())) {
      List<Callable<Standing>> calls = new ArrayList<>();
      for (String what : all) {
        calls.add(
            () -> {
              int place = together.await();
              return place < 0 ? new Standing.Unchanged("") : happens(what, "corr-1");
            });
      }
      int completed = 0;
      for (Future<Standing> call : threads.invokeAll(calls)) {
        completed += call.get() instanceof Standing.Completed ? 1 : 0;
      }
      assertEquals(1, completed);
    }
  }

  @Test
  void atTheDeadlineItStallsOnceNamingWhatIsMissing() {
    List.of("begin", "hotel", "visa").forEach(what -> happens(what, "corr-1"));
    Standing.Stalled stalled =
        assertInstanceOf(
            Standing.Stalled.class,
            Crashes.everywhere(tables, () -> happens("deadline", "corr-1")));
    assertEquals(Set.of("car", "flight"), stalled.progress().missing());
    assertEquals(Set.of("hotel", "visa"), stalled.progress().arrived().keySet());
    assertEquals(DEADLINE, stalled.progress().deadline());
    Event other = planned.events().getFirst();
    Event again =
        new Event(
            new EventId("another"),
            other.type(),
            other.timestamp(),
            other.data(),
            other.metadata());
    assertEquals(new Standing.Unchanged("waits for car, flight"), join.deadline(again));
  }

  @Test
  void whatComesAfterTheDeadlineStillCompletesIt() {
    List.of("begin", "flight", "hotel", "car", "deadline").forEach(what -> happens(what, "corr-1"));
    assertTrue(
        assertInstanceOf(Standing.Completed.class, happens("visa", "corr-1")).progress().late());
    assertEquals(
        Set.of("visa"),
        assertInstanceOf(Standing.Stalled.class, happens("deadline", "corr-1"))
            .progress()
            .missing(),
        "a deadline that crashed tells what it told");
    assertEquals(
        new Standing.Unchanged("complete already"), happens("visa", "corr-1", "another-visa"));
  }

  @Test
  void aDeadlineThatFindsItCompleteOrNotBegunTellsNobody() {
    List.of("begin", "flight", "hotel", "car", "visa").forEach(what -> happens(what, "corr-1"));
    assertEquals(new Standing.Unchanged("complete already"), happens("deadline", "corr-1"));
    Event deadline = planned.events().getFirst();
    Event.Metadata elsewhere =
        new Event.Metadata("trip-planner", new CorrelationId("corr-2"), Optional.empty(), 1);
    assertEquals(
        new Standing.Unchanged("not begun yet"),
        join.deadline(
            new Event(
                deadline.id(), deadline.type(), deadline.timestamp(), deadline.data(), elsewhere)));
  }

  @Test
  void anotherPurposesDeadlineIsNotItsOwn() {
    happens("begin", "corr-1");
    Join other =
        new Join(
            "journey",
            new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, AGENT, clock),
            new AgentDeadlines(AGENT, planned, clock));
    assertEquals(
        new Standing.Unchanged("a deadline of something else"),
        other.deadline(planned.events().getFirst()));
  }

  @Test
  void aBeginningThatComesAfterItsDeadlineHasOneMinuteLeft() {
    clock.move(Duration.ofHours(3));
    happens("begin", "corr-1");
    assertEquals(List.of(clock.instant().plus(Duration.ofMinutes(1))), planned.times());
  }

  @Test
  void partsThatNobodyWaitsForDoNotCount() {
    List<String> all = new ArrayList<>(List.of("begin", "submarine", "flight", "hotel", "car"));
    all.forEach(what -> happens(what, "corr-1"));
    Join.Progress progress =
        assertInstanceOf(Standing.Completed.class, happens("visa", "corr-1")).progress();
    assertEquals(Set.copyOf(PARTS), progress.arrived().keySet());
    assertEquals(BEGUN.plusSeconds(6), Collections.max(progress.arrived().values()));
  }
}

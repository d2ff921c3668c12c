package agentpost.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.operations.OperationId;
import agentpost.operations.Processor;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoCalendarTest {
  private static final Instant TUESDAY_NOON = Instant.parse("2026-03-31T10:10:00Z");

  private final Map<Instant, OperationId> taken = new HashMap<>();
  private int asked;
  private final SlotStore bookings =
      new SlotStore() {
        @Override
        public Map<Instant, OperationId> takenSlots(Instant from, Instant to) {
          return Map.copyOf(taken);
        }

        @Override
        public boolean take(Instant slot, OperationId id) {
          asked++;
          return taken.computeIfAbsent(slot, _ -> id).equals(id);
        }

        @Override
        public void release(Instant slot, OperationId id) {
          taken.remove(slot, id);
        }
      };
  private final DemoCalendar calendar = new DemoCalendar(bookings);

  private static ObjectNode zone(String zone) {
    return JsonNodeFactory.instance.objectNode().put("time_zone", zone);
  }

  private String startsAt(String id, ObjectNode data, Instant acceptedAt) {
    return assertInstanceOf(
            Processor.Work.Completed.class, calendar.process(new OperationId(id), data, acceptedAt))
        .result()
        .path("starts_at")
        .asText();
  }

  @Test
  void theFirstHalfHourAtLeastTwoHoursAheadIsBooked() {
    assertEquals("2026-03-31T12:30:00Z", startsAt("a", zone("Europe/Berlin"), TUESDAY_NOON));
  }

  @Test
  void twoBookingsDoNotCollideAndTheSameOneFindsItsSlotAgain() {
    assertEquals("2026-03-31T12:30:00Z", startsAt("a", zone("Europe/Berlin"), TUESDAY_NOON));
    assertEquals("2026-03-31T13:00:00Z", startsAt("b", zone("Europe/Berlin"), TUESDAY_NOON));
    assertEquals("2026-03-31T12:30:00Z", startsAt("a", zone("Europe/Berlin"), TUESDAY_NOON));
  }

  @Test
  void workingHoursAreTheLeads() {
    assertEquals(
        "2026-03-31T16:00:00Z",
        startsAt("a", zone("America/Los_Angeles"), TUESDAY_NOON),
        "nine in the morning there");
    assertEquals(
        "2026-04-01T00:00:00Z",
        startsAt("b", zone("Asia/Tokyo"), TUESDAY_NOON),
        "tomorrow at nine");
  }

  @Test
  void theWeekendIsFree() {
    Instant fridayEvening = Instant.parse("2026-04-03T15:00:00Z");
    assertEquals("2026-04-06T07:00:00Z", startsAt("a", zone("Europe/Berlin"), fridayEvening));
  }

  @Test
  void notBeforeIsHeeded() {
    ObjectNode data = zone("Europe/Berlin").put("not_before", "2026-04-02T14:45:00+02:00");
    assertEquals("2026-04-02T13:00:00Z", startsAt("a", data, TUESDAY_NOON));
  }

  @Test
  void whatIsUndoneIsFreeForOthersAndUndoneAgainTakesNothingFromThem() {
    assertEquals("2026-03-31T12:30:00Z", startsAt("a", zone("Europe/Berlin"), TUESDAY_NOON));
    ObjectNode late =
        JsonNodeFactory.instance.objectNode().put("starts_at", "2026-03-31T12:30:00Z");
    calendar.undo(new OperationId("a"), late);
    assertEquals("2026-03-31T12:30:00Z", startsAt("b", zone("Europe/Berlin"), TUESDAY_NOON));
    calendar.undo(new OperationId("a"), late);
    assertEquals(Map.of(Instant.parse("2026-03-31T12:30:00Z"), new OperationId("b")), taken);
  }

  @Test
  void aTimeZoneThatIsNoneFails() {
    for (String zone : new String[] {"", "Mars/Olympus"}) {
      assertInstanceOf(
          Processor.Work.Failed.class,
          calendar.process(new OperationId("a"), zone(zone), TUESDAY_NOON));
    }
  }

  @Test
  void aCalendarThatIsFullFails() {
    for (int i = 0; i < 16 * 15; i++) {
      assertFalse(startsAt("b" + i, zone("UTC"), Instant.parse("2026-03-30T00:00:00Z")).isEmpty());
    }
    assertInstanceOf(
        Processor.Work.Failed.class,
        calendar.process(new OperationId("a"), zone("UTC"), Instant.parse("2026-03-30T00:00:00Z")));
    assertEquals(16 * 15, asked, "what is known to be taken is not tried");
  }

  @Test
  void whatIsNoTextIsNoTimeZoneAndNoTime() {
    for (String request :
        java.util.List.of(
            "{'time_zone':null}",
            "{'time_zone':1}",
            "{}",
            "{'time_zone':'Europe/Berlin','not_before':null}",
            "{'time_zone':'Europe/Berlin','not_before':1775026800}",
            "{'time_zone':'Europe/Berlin','not_before':'tomorrow'}")) {
      assertInstanceOf(
          Processor.Work.Failed.class,
          calendar.process(
              new OperationId("op-1"), agentpost.testing.Events.json(request), TUESDAY_NOON),
          request);
    }
    assertEquals(0, asked);
  }
}

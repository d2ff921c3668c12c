package agentpost.calendar;

import agentpost.event.Event;
import agentpost.operations.OperationId;
import agentpost.operations.Processor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * The calendar in which demos are booked: the first free half-hour in the lead's working hours, at
 * least two hours ahead. Takes {@code
 * {"time_zone":"Europe/Berlin","not_before":"2026-04-01T00:00:00Z"}}, the second if wanted, and
 * what else it is given it leaves alone. Answers {@code {"starts_at","ends_at","time_zone"}}. The
 * same request finds the same slot.
 */
final class DemoCalendar implements Processor {
  private static final Duration SLOT = Duration.ofMinutes(30);
  private static final Duration MIN_NOTICE = Duration.ofHours(2);
  private static final LocalTime FROM = LocalTime.of(9, 0);
  private static final LocalTime TO = LocalTime.of(17, 0);

  /** Three weeks of half-hours, nights included. */
  private static final int MAX_SLOTS = 21 * 48;

  private final SlotStore bookings;

  DemoCalendar(SlotStore bookings) {
    this.bookings = bookings;
  }

  @Override
  public Work process(OperationId id, ObjectNode data, Instant acceptedAt) {
    Optional<ZoneId> named = zone(data.path("time_zone"));
    Optional<Instant> notBefore =
        data.has("not_before")
            ? Event.time(data.path("not_before")).map(OffsetDateTime::toInstant)
            : Optional.of(Instant.MIN);
    if (named.isEmpty() || notBefore.isEmpty()) {
      return new Work.Failed(
          "time_zone must be a name such as Europe/Berlin, and not_before, if given, a time as RFC"
              + " 3339 has it");
    }
    ZoneId zone = named.get();
    Instant soonest = acceptedAt.plus(MIN_NOTICE);
    Instant earliest = notBefore.get().isAfter(soonest) ? notBefore.get() : soonest;
    Instant slot = earliest.truncatedTo(ChronoUnit.HOURS);
    Map<Instant, OperationId> taken =
        bookings.takenSlots(slot, slot.plus(SLOT.multipliedBy(MAX_SLOTS)));
    for (int i = 0; i < MAX_SLOTS; i++, slot = slot.plus(SLOT)) {
      boolean free = taken.getOrDefault(slot, id).equals(id);
      // Another booking may have come since those were read; taking is what decides.
      if (free
          && !slot.isBefore(earliest)
          && isWorkingTime(slot.atZone(zone))
          && bookings.take(slot, id)) {
        return new Work.Completed(
            data.objectNode()
                .put("starts_at", slot.toString())
                .put("ends_at", slot.plus(SLOT).toString())
                .put("time_zone", zone.getId()));
      }
    }
    return new Work.Failed("there is no free slot within three weeks of " + earliest);
  }

  private static Optional<ZoneId> zone(JsonNode name) {
    try {
      return name.isTextual() ? Optional.of(ZoneId.of(name.textValue())) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public void undo(OperationId id, ObjectNode result) {
    bookings.release(Instant.parse(result.path("starts_at").asText()), id);
  }

  private static boolean isWorkingTime(ZonedDateTime begin) {
    LocalTime time = begin.toLocalTime();
    DayOfWeek day = begin.getDayOfWeek();
    return day != DayOfWeek.SATURDAY
        && day != DayOfWeek.SUNDAY
        && !time.isBefore(FROM)
        && !time.isAfter(TO.minus(SLOT));
  }
}

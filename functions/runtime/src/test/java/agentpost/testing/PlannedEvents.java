package agentpost.testing;

import agentpost.coordination.ReminderScheduler;
import agentpost.event.Event;
import agentpost.event.EventId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps planned events as Scheduler does: one for an id, until it is called off or goes out. */
public final class PlannedEvents implements ReminderScheduler {
  private final Map<EventId, Event> events = new LinkedHashMap<>();
  private final Map<EventId, Instant> times = new LinkedHashMap<>();
  private int plans;
  private Optional<RuntimeException> fault = Optional.empty();

  /** The next call fails, once, before it has any effect. */
  public void failNext(RuntimeException failure) {
    fault = Optional.of(failure);
  }

  @Override
  public void plan(Event event, Instant at) {
    failIfTold();
    plans++;
    if (events.putIfAbsent(event.id(), event) == null) {
      times.put(event.id(), at);
    }
  }

  @Override
  public void cancel(EventId id) {
    failIfTold();
    events.remove(id);
    times.remove(id);
  }

  private void failIfTold() {
    Optional<RuntimeException> failure = fault;
    fault = Optional.empty();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  public List<Event> events() {
    return List.copyOf(events.values());
  }

  public List<Instant> times() {
    return List.copyOf(times.values());
  }

  /** How often something was planned, called off since or not. */
  public int plans() {
    return plans;
  }

  /** The only one there is; it goes out and is gone. */
  public Event fire() {
    if (events.size() != 1) {
      throw new AssertionError("Expected one planned event, there are " + events.size());
    }
    Event event = events().getFirst();
    cancel(event.id());
    return event;
  }
}

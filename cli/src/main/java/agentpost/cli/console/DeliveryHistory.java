package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.delivery.DeliveryListener;
import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.storage.Spool;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What became of the last events, as the engine tells it. The oldest are forgotten; envelopes are
 * on disk. An event that is put again is one event still.
 */
final class DeliveryHistory implements DeliveryListener, AutoCloseable {
  static final int MAX_EVENTS = 10_000;

  private final int mostEvents;
  private final Supplier<Instant> now;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LinkedHashMap<String, Entry> events = new LinkedHashMap<>();
  private final Spool envelopes = new Spool();
  private long number;
  private long version;
  private boolean isClosed;

  DeliveryHistory(Supplier<Instant> now) {
    this(now, MAX_EVENTS);
  }

  DeliveryHistory(Supplier<Instant> now, int mostEvents) {
    this.now = now;
    this.mostEvents = mostEvents;
  }

  /**
   * An event, and what became of it so far.
   *
   * @param number later ones have greater numbers
   * @param puts how often it was put
   */
  record Event(
      long number,
      Instant at,
      String id,
      String type,
      String source,
      String bus,
      String correlationId,
      String causationId,
      int puts,
      List<DeliveryProgress.Snapshot> deliveries) {
    private Event with(List<DeliveryProgress.Snapshot> progress) {
      return new Event(
          number, at, id, type, source, bus, correlationId, causationId, puts, progress);
    }

    boolean isOver() {
      return deliveries.stream().noneMatch(DeliveryProgress.Snapshot::isWaiting);
    }
  }

  private record Entry(Event event, Spool.Kept envelope, Map<String, DeliveryProgress> deliveries) {
    Event snapshot() {
      return event.with(deliveries.values().stream().map(DeliveryProgress::snapshot).toList());
    }
  }

  @Override
  public void onEvent(DeliveryEvent happening) {
    switch (happening) {
      case DeliveryEvent.EventAccepted accepted -> add(accepted);
      case DeliveryEvent.AttemptMade made ->
          change(made.eventId(), made.rule(), delivery -> delivery.add(made, now.get()));
      case DeliveryEvent.DeadLettered letter ->
          change(
              letter.eventId(),
              letter.rule(),
              delivery -> delivery.end(DeliveryProgress.State.DEAD_LETTER, letter.errorCode()));
      case DeliveryEvent.Dropped dropped ->
          change(
              dropped.eventId(),
              dropped.rule(),
              delivery -> delivery.end(DeliveryProgress.State.DROPPED, dropped.errorCode()));
    }
  }

  private void add(DeliveryEvent.EventAccepted accepted) {
    JsonNode detail = EventJson.read(accepted.event()).path("detail");
    Spool.Kept envelope = envelopes.keep(EventJson.write(detail).getBytes(UTF_8));
    lock.lock();
    try {
      @Nullable Entry before = events.remove(accepted.eventId());
      Map<String, DeliveryProgress> deliveries = new LinkedHashMap<>();
      if (before != null) {
        before.envelope.release();
        deliveries.putAll(before.deliveries);
      }
      accepted
          .matchedRules()
          .forEach(
              rule ->
                  deliveries
                      .computeIfAbsent(
                          rule, _ -> new DeliveryProgress(agentOf(accepted.bus(), rule)))
                      .begin());
      JsonNode metadata = detail.path("metadata");
      Event event =
          new Event(
              ++number,
              now.get(),
              accepted.eventId(),
              accepted.detailType(),
              accepted.source(),
              accepted.bus(),
              metadata.path("correlation_id").asText(),
              metadata.path("causation_id").asText(),
              before == null ? 1 : before.event.puts() + 1,
              List.of());
      events.put(accepted.eventId(), new Entry(event, envelope, deliveries));
      while (events.size() > mostEvents) {
        events.pollFirstEntry().getValue().envelope.release();
      }
      tell();
    } finally {
      lock.unlock();
    }
  }

  /** design.md: an agent's rule has the name of its bus, which is the stage's, before its own. */
  private static String agentOf(String bus, String rule) {
    return rule.startsWith(bus + "-") ? rule.substring(bus.length() + 1) : rule;
  }

  private void change(String eventId, String rule, Consumer<DeliveryProgress> what) {
    lock.lock();
    try {
      @Nullable Entry entry = events.get(eventId);
      if (entry != null && !rule.isEmpty()) {
        what.accept(
            entry.deliveries.computeIfAbsent(
                rule, _ -> new DeliveryProgress(agentOf(entry.event.bus(), rule))));
        tell();
      }
    } finally {
      lock.unlock();
    }
  }

  private void tell() {
    version++;
    changed.signalAll();
  }

  /** The last ones that are wanted, newest first, from before that number. */
  List<Event> page(long before, int most, Predicate<Event> wanted) {
    lock.lock();
    try {
      List<Event> page = new ArrayList<>();
      for (Map.Entry<String, Entry> entry : events.sequencedEntrySet().reversed()) {
        if (page.size() == most) {
          break;
        }
        if (entry.getValue().event.number() < before) {
          Event event = entry.getValue().snapshot();
          if (wanted.test(event)) {
            page.add(event);
          }
        }
      }
      return page;
    } finally {
      lock.unlock();
    }
  }

  Optional<Event> find(String eventId) {
    lock.lock();
    try {
      return Optional.ofNullable(events.get(eventId)).map(Entry::snapshot);
    } finally {
      lock.unlock();
    }
  }

  /** As the bus took it; nothing of an event that is forgotten. */
  Optional<String> envelope(String eventId) {
    lock.lock();
    try {
      return Optional.ofNullable(events.get(eventId))
          .flatMap(entry -> entry.envelope.bytes())
          .map(bytes -> new String(bytes, UTF_8));
    } finally {
      lock.unlock();
    }
  }

  int count() {
    lock.lock();
    try {
      return events.size();
    } finally {
      lock.unlock();
    }
  }

  /** When the next attempt is due that waits for its time. */
  Optional<Instant> nextDue() {
    lock.lock();
    try {
      return events.values().stream()
          .flatMap(entry -> entry.deliveries.values().stream())
          .flatMap(delivery -> delivery.due().stream())
          .min(Instant::compareTo);
    } finally {
      lock.unlock();
    }
  }

  /** Tells other pages of a change that is not a delivery's. */
  void touch() {
    lock.lock();
    try {
      tell();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is something that whoever has seen {@code seen} has not.
   *
   * @return the version that there is; {@code seen} if nothing came, nothing once this is closed
   */
  Optional<Long> awaitChange(long seen, Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (version == seen && left > 0 && !isClosed) {
        left = changed.awaitNanos(left);
      }
      return isClosed ? Optional.empty() : Optional.of(version);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was closed within that time. */
  boolean awaitClose(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (left > 0 && !isClosed) {
        left = changed.awaitNanos(left);
      }
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  long version() {
    lock.lock();
    try {
      return version;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    envelopes.close();
  }
}

package agentpost.local.eventbridge;

import agentpost.local.time.Timeline;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Matches accepted events and runs their deliveries. */
final class Engine {
  private final Registry registry;
  private final Timeline timeline;
  private final Reach reach;
  private final Backoff backoff;
  private final TargetKinds kinds;
  private final Attempts attempts = new Attempts();
  private final List<DeliveryListener> listeners = new CopyOnWriteArrayList<>();
  private final Set<Delivery> inFlight = ConcurrentHashMap.newKeySet();

  Engine(Registry registry, Timeline timeline, Reach reach, HttpClient http, Authorizer authorizer, long jitterSeed) {
    this.registry = registry;
    this.timeline = timeline;
    this.reach = reach;
    this.backoff = new Backoff(jitterSeed);
    this.kinds =
        new TargetKinds(
            List.of(
                new ApiDestinationTarget(registry, reach, new ApiCall(reach, http), authorizer, timeline),
                new QueueTarget(reach),
                new FunctionTarget(reach),
                new LogGroupTarget(reach, timeline),
                new BusTarget(registry, reach, (bus, event) -> accept(bus, event, true))));
  }

  /** An event that PutEvents took: to its bus's archives, and to every target of every rule that matches. */
  void accept(Registry.Bus bus, ObjectNode event) {
    accept(bus, event, false);
  }

  /** An event that AWS takes and then loses. */
  void drop(Registry.Bus bus, String id, String why) {
    attempts.add(
        JsonNodeFactory.instance
            .objectNode()
            .put("number", 0)
            .put("kind", "dropped")
            .put("at", timeline.now().toString())
            .put("event_id", id)
            .put("id", id)
            .put("bus", bus.name())
            .put("reason", why));
    tell(new DeliveryListener.Happening.Dropped(id, "", "InvalidArgument", why));
  }

  /** @param forwarded whether it comes from another bus */
  private void accept(Registry.Bus bus, ObjectNode event, boolean forwarded) {
    String text = PutEvents.write(event);
    List<String> matched = bus.matcher().matching(text);
    String id = id(event);
    tell(
        new DeliveryListener.Happening.EventAccepted(
            id, bus.name(), event.path("source").asText(), event.path("detail-type").asText(), matched));
    Instant now = timeline.now();
    registry.archives.values().stream()
        .filter(archive -> archive.busArn().equals(bus.arn()))
        .filter(archive -> archive.pattern().map(pattern -> Patterns.matches(pattern, text)).orElse(true))
        .forEach(archive -> archive.events().add(new Registry.Archived(now, text)));
    Delivery.Accepted accepted = new Delivery.Accepted(event, id, now, forwarded);
    matched.forEach(rule -> deliver(bus, rule, accepted));
  }

  /** The envelope's own id if its detail has one, else EventBridge's. */
  static String id(ObjectNode event) {
    JsonNode own = event.path("detail").path("event_id");
    return own.isTextual() ? own.asText() : event.path("id").asText();
  }

  void deliver(Registry.Bus bus, String ruleName, Delivery.Accepted event) {
    Registry.Rule rule = bus.rules().get(ruleName);
    if (rule == null) {
      return;
    }
    for (ObjectNode target : rule.targets().values()) {
      Delivery delivery = new Delivery(this, rule, target, event);
      inFlight.add(delivery);
      start(delivery, Duration.ZERO);
    }
  }

  /** Attempts after a wait, and then when the target's rate has room. */
  void start(Delivery delivery, Duration wait) {
    timeline.after(
        wait,
        () -> {
          Duration left = delivery.timeLeft();
          Optional<Duration> slot = delivery.limit().map(limit -> limit.take(left)).orElse(Optional.of(Duration.ZERO));
          if (slot.isEmpty()) {
            timeline.after(left, delivery::tooOld);
          } else if (slot.get().isZero()) {
            delivery.run();
          } else {
            timeline.after(slot.get(), delivery);
          }
        });
  }

  void finished(Delivery delivery) {
    inFlight.remove(delivery);
  }

  /** A listener's failure is its own: it must not change what becomes of an event. */
  void tell(DeliveryListener.Happening happening) {
    for (DeliveryListener listener : listeners) {
      try {
        listener.on(happening);
      } catch (RuntimeException e) {
        Thread current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, e);
      }
    }
  }

  void listen(DeliveryListener listener) {
    listeners.add(listener);
  }

  int inFlightCount() {
    return inFlight.size();
  }

  List<InFlight> inFlight() {
    return inFlight.stream().map(Delivery::inFlight).toList();
  }

  Registry registry() {
    return registry;
  }

  Timeline timeline() {
    return timeline;
  }

  Reach reach() {
    return reach;
  }

  Backoff backoff() {
    return backoff;
  }

  TargetKinds kinds() {
    return kinds;
  }

  Attempts attempts() {
    return attempts;
  }
}

package agentpost.local.eventbridge.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.input.ErrorExcerpt;
import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.input.Patterns;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.ApiDestinationTarget;
import agentpost.local.eventbridge.targets.AttemptResult;
import agentpost.local.eventbridge.targets.Authorizer;
import agentpost.local.eventbridge.targets.BusTarget;
import agentpost.local.eventbridge.targets.EndpointCall;
import agentpost.local.eventbridge.targets.EndpointClient;
import agentpost.local.eventbridge.targets.FunctionTarget;
import agentpost.local.eventbridge.targets.LogGroupTarget;
import agentpost.local.eventbridge.targets.QueueTarget;
import agentpost.local.eventbridge.targets.RegisteredTarget;
import agentpost.local.eventbridge.targets.TargetKinds;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.extension.LocalTarget;
import agentpost.local.storage.Spool;
import agentpost.local.time.InFlightCounter;
import agentpost.local.time.Timeline;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Matches accepted events and runs their deliveries. */
public final class Engine implements AutoCloseable {
  /**
   * Deliveries that are not over. Each takes some 500 bytes of memory while it waits; events are on
   * disk.
   */
  public static final int MAX_IN_FLIGHT = 100_000;

  private final Registry registry;
  private final Timeline timeline;
  private final TargetServices reach;
  private final RetryDelays retryDelays;
  private final TargetKinds kinds;
  private final AttemptStore attempts = new AttemptStore();
  private final AttemptStore accepted = new AttemptStore();
  private final List<DeliveryListener> listeners = new CopyOnWriteArrayList<>();
  private final Set<Delivery> inFlight = ConcurrentHashMap.newKeySet();
  private final InFlightCounter underWay = new InFlightCounter();
  private final FairShares backlog;
  private final Spool waiting = new Spool();
  private final Dispatcher dispatcher;
  private final LastFailures lastFailures = new LastFailures();
  private final Queue<Runnable> sleeping = new ConcurrentLinkedQueue<>();

  public Engine(
      Registry registry,
      Timeline timeline,
      TargetServices reach,
      EndpointClient http,
      Authorizer authorizer,
      long jitterSeed,
      int maxInFlight,
      List<LocalTarget> registered) {
    this.registry = registry;
    this.timeline = timeline;
    this.dispatcher = new Dispatcher(timeline);
    this.backlog = new FairShares(maxInFlight);
    this.reach = reach;
    this.retryDelays = new RetryDelays(jitterSeed);
    this.kinds =
        new TargetKinds(
            Stream.concat(
                    Stream.of(
                        new ApiDestinationTarget(
                            registry, reach, new EndpointCall(reach, http), authorizer, timeline),
                        new QueueTarget(reach),
                        new FunctionTarget(reach),
                        new LogGroupTarget(reach, timeline),
                        new BusTarget(registry, reach, (bus, event) -> accept(bus, event, true))),
                    registered.stream().map(kind -> new RegisteredTarget(kind, reach)))
                .toList());
  }

  /**
   * An event that PutEvents takes: to its bus's archives, and to every target of every rule that
   * matches.
   *
   * @return false if there is no room for its deliveries; nothing is done of it then
   */
  public boolean accept(Registry.Bus bus, ObjectNode event) {
    return accept(bus, event, false);
  }

  /** An event that AWS takes and then loses. */
  public void drop(Registry.Bus bus, String id, String why) {
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
    tell(new DeliveryListener.DeliveryEvent.Dropped(id, "", "InvalidArgument", why));
  }

  /**
   * @param forwarded whether it comes from another bus
   */
  private boolean accept(Registry.Bus bus, ObjectNode event, boolean forwarded) {
    String text = text(event);
    List<String> matched = bus.matcher().findMatching(text);
    Instant now = timeline.now();
    Optional<List<Delivery>> planned = planDeliveries(bus, matched, event, text, now, forwarded);
    if (planned.isEmpty()) {
      return false;
    }
    try {
      registry.archives.values().stream()
          .filter(archive -> archive.busArn().equals(bus.arn()))
          .filter(
              archive ->
                  archive.pattern().map(pattern -> Patterns.matches(pattern, text)).orElse(true))
          .forEach(archive -> archive.events().add(now, AcceptedEvent.timeOf(event), text));
      accepted.add(EventQueries.entry(bus, event, matched, now.toString()));
    } catch (RuntimeException e) {
      planned.get().forEach(this::finish);
      throw e;
    }
    tell(
        new DeliveryListener.DeliveryEvent.EventAccepted(
            AcceptedEvent.idOf(event),
            bus.name(),
            event.path("source").asText(),
            event.path("detail-type").asText(),
            matched,
            text));
    planned.get().forEach(delivery -> start(delivery, Duration.ZERO));
    return true;
  }

  /**
   * JSON that stays what it is in UTF-8: half a surrogate pair, which UTF-8 has no bytes for, as an
   * escape.
   */
  private static String text(ObjectNode event) {
    return ErrorExcerpt.escape(EventJson.write(event));
  }

  /**
   * @return false if there is no room for these deliveries; none is made then
   */
  public boolean deliver(Registry.Bus bus, List<String> rules, ObjectNode event) {
    Optional<List<Delivery>> planned =
        planDeliveries(bus, rules, event, text(event), timeline.now(), false);
    planned.ifPresent(all -> all.forEach(delivery -> start(delivery, Duration.ZERO)));
    return planned.isPresent();
  }

  /** Deliveries that are in flight from now on; nothing if there is no room for them. */
  private Optional<List<Delivery>> planDeliveries(
      Registry.Bus bus,
      List<String> rules,
      ObjectNode event,
      String text,
      Instant now,
      boolean forwarded) {
    List<Target> targets =
        rules.stream()
            .flatMap(name -> Stream.ofNullable(bus.rules().get(name)))
            .flatMap(
                rule -> rule.targets().values().stream().map(target -> new Target(rule, target)))
            .toList();
    if (targets.isEmpty()) {
      return Optional.of(List.of());
    }
    if (!backlog.takeAll(targets.stream().map(Target::arn).toList())) {
      return Optional.empty();
    }
    try {
      AcceptedEvent accepted =
          new AcceptedEvent(
              event, waiting.keep(text.getBytes(UTF_8)), now, forwarded, targets.size());
      List<Delivery> deliveries =
          targets.stream()
              .map(target -> new Delivery(this, target.rule(), target.target(), accepted))
              .toList();
      inFlight.addAll(deliveries);
      return Optional.of(deliveries);
    } catch (RuntimeException e) {
      targets.forEach(target -> backlog.give(target.arn()));
      throw e;
    }
  }

  private record Target(Registry.Rule rule, ObjectNode target) {
    String arn() {
      return target.path("Arn").asText();
    }
  }

  /**
   * Attempts after a wait, and then when it is its turn at the target; what the target's rate
   * leaves no room for in time is given up when it is too old.
   */
  void start(Delivery delivery, Duration wait) {
    if (wait.isZero()) {
      enqueue(delivery);
    } else {
      timeline.schedule(wait, () -> enqueue(delivery));
    }
  }

  private void enqueue(Delivery delivery) {
    Dispatcher.CallPermit place = delivery.place();
    Duration left = delivery.timeLeft();
    if (dispatcher.wait(place).compareTo(left) > 0) {
      timeline.schedule(left, delivery::expire);
    } else {
      underWay.begin();
      enqueue(place, delivery);
    }
  }

  void enqueue(Dispatcher.CallPermit place, Dispatcher.Call call) {
    dispatcher.enqueue(place, call);
  }

  void finish(Delivery delivery) {
    if (inFlight.remove(delivery)) {
      delivery.event().endDelivery();
      backlog.give(delivery.target().path("Arn").asText());
      wakeOne();
    }
  }

  /**
   * Runs a task when a delivery is over and there may be room again; at once if none is in flight.
   */
  public void whenThereIsRoom(Runnable task) {
    sleeping.add(task);
    if (inFlight.isEmpty()) {
      wakeOne();
    }
  }

  private void wakeOne() {
    Runnable task = sleeping.poll();
    if (task != null) {
      timeline.schedule(Duration.ZERO, task);
    }
  }

  /** What a failed attempt leaves to the next one. */
  AttemptResult.Failed keep(Delivery delivery, AttemptResult.Failed tried) {
    return lastFailures.keep(delivery.target().path("Arn").asText(), tried);
  }

  /** A listener's failure is its own: it must not change what becomes of an event. */
  void tell(DeliveryListener.DeliveryEvent happening) {
    for (DeliveryListener listener : listeners) {
      try {
        listener.onEvent(happening);
      } catch (RuntimeException e) {
        Thread current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, e);
      }
    }
  }

  public void listen(DeliveryListener listener) {
    listeners.add(listener);
  }

  public int inFlightCount() {
    return inFlight.size();
  }

  /**
   * Attempts from their turn in the line to their answer; not deliveries that wait for another
   * attempt.
   */
  public InFlightCounter runningAttempts() {
    return underWay;
  }

  public List<PendingDelivery> pendingDeliveries() {
    return inFlight.stream().map(Delivery::toPending).toList();
  }

  Registry registry() {
    return registry;
  }

  public Timeline timeline() {
    return timeline;
  }

  TargetServices reach() {
    return reach;
  }

  RetryDelays retryDelays() {
    return retryDelays;
  }

  public TargetKinds kinds() {
    return kinds;
  }

  public AttemptStore attempts() {
    return attempts;
  }

  /** Events that buses took. */
  public AttemptStore accepted() {
    return accepted;
  }

  /** The files that events wait in. */
  @Override
  public void close() {
    waiting.close();
    attempts.close();
    accepted.close();
    registry.archives.values().forEach(archive -> archive.events().close());
  }
}

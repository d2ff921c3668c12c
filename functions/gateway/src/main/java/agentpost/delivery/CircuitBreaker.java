package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.event.EventId;
import agentpost.event.EventReader;
import agentpost.health.Circuit;
import agentpost.health.CircuitStore;
import agentpost.health.HealthTable;
import agentpost.http.Problem;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.schemas.EventSchemas;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * In front of deliveries: of one agent no more are under way at a time than its settings allow, by
 * all relays together; and an agent that failed too many of its last ones is not asked, but for one
 * probe at a time, until a probe is answered. While the state cannot be read or written, it
 * delivers, unless it knows of an open circuit.
 */
public final class CircuitBreaker {
  /** So long the table is not asked again after it did not answer, by this instance. */
  static final Duration TABLE_COOLDOWN = Duration.ofSeconds(5);

  /**
   * Longer than the function runs, so that no second probe begins while one is under way; one that
   * died holds its place no longer.
   */
  static final Duration LEASE = Duration.ofSeconds(15);

  /** An agent that takes longer holds the relay for most of an attempt's time. */
  static final Duration SLOW_RESPONSE_THRESHOLD = Duration.ofSeconds(2);

  /**
   * EventBridge hangs up at 5 s. What is left until then, with a little for the way back, is what a
   * call to the table may take,
   */
  private static final Duration DELIVERY_TIMEOUT = Duration.ofMillis(4_800);

  /**
   * up to this, so that the agent keeps most of it: the first call of an instance has a connection
   * to make.
   */
  private static final Duration MAX_CALL_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration MIN_CALL_TIMEOUT = Duration.ofMillis(100);

  /** One of those that are under way will have ended. */
  private static final Duration BUSY_RETRY_AFTER = Duration.ofSeconds(2);

  /** A probe is over by then, and so are the attempts that are under way. */
  private static final Duration PROBE_RETRY_AFTER = Duration.ofSeconds(5);

  private static final AgentName REHEARSAL = new AgentName("rehearsal");

  /** What a delivery may do. */
  private sealed interface Admission {
    /**
     * @param slot nothing if the table did not answer
     */
    record Deliver(Optional<CircuitStore.Slot> slot) implements Admission {}

    record Probe(Instant lease, Circuit.Open open) implements Admission {}

    record Refuse(DeliveryAttempt attempt) implements Admission {}
  }

  /**
   * @param at when the table said so, by the wall's clock
   */
  private record Sighting(Circuit.Open open, Instant at) {}

  private final SignedDelivery delivery;
  private final HealthTable table;
  private final Clock clock;
  private final Clock deadlines;
  private final DoubleSupplier jitter;
  private final EventReader reader;
  private final Map<AgentName, Sighting> open = new ConcurrentHashMap<>();
  private volatile Instant askAgain = Instant.MIN;

  /**
   * @param reader of all events, for one that no subscriber can read says nothing about any
   * @param clock the wall's, for leases
   * @param deadlines for how long a circuit is open
   * @param jitter from 0 to 1
   */
  public CircuitBreaker(
      SignedDelivery delivery,
      HealthTable table,
      EventReader reader,
      Clock clock,
      Clock deadlines,
      DoubleSupplier jitter) {
    this.delivery = delivery;
    this.table = table;
    this.reader = reader;
    this.clock = clock;
    this.deadlines = deadlines;
    this.jitter = jitter;
  }

  /** With the table of HEALTH_TABLE. */
  public static CircuitBreaker from(Platform platform, SignedDelivery delivery) {
    return new CircuitBreaker(
        delivery,
        HealthTable.from(platform),
        new EventReader(EventSchemas.load()),
        platform.clock(),
        platform.deadlines(),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  /** What a delivery does, as far as it leaves nothing behind. */
  void rehearse(byte[] body, HttpClient http) {
    reader.read(body);
    new Table(clock.instant())
        .call(
            circuits -> {
              circuits.leave(
                  REHEARSAL, new CircuitStore.Slot(0, Instant.EPOCH), deadlines.instant());
              return true;
            });
    delivery.rehearse(body, http);
  }

  /** As {@link SignedDelivery#find}. */
  AgentDirectory.Entry find(AgentName agent) {
    return delivery.find(agent);
  }

  public DeliveryAttempt deliver(AgentName agent, byte[] body) {
    return deliver(agent, find(agent), body, clock.instant());
  }

  /** As {@link SignedDelivery#deliver}. */
  DeliveryAttempt deliver(AgentName agent, AgentDirectory.Entry entry, byte[] body, Instant start) {
    Optional<AgentSettings> settings = entry.usable();
    OptionalInt bound = settings.map(AgentSettings::inFlight).orElse(OptionalInt.empty());
    Optional<BreakerPolicy> limits = settings.flatMap(AgentSettings::breaker);
    if (bound.isEmpty() && limits.isEmpty()) {
      return delivery.deliver(agent, entry, body, start);
    }
    Table calls = new Table(start);
    DeliveryAttempt attempt =
        switch (admission(
            agent, bound.orElse(AgentSettings.DEFAULT_IN_FLIGHT), limits.isPresent(), calls)) {
          case Admission.Refuse(var refused) -> refused;
          case Admission.Deliver(var slot) -> {
            Counted counted = deliverCounted(agent, entry, body, start);
            slot.ifPresent(
                one -> calls.call(circuits -> releaseSlot(circuits, agent, one, counted, limits)));
            yield counted.attempt();
          }
          case Admission.Probe probe -> {
            Counted counted = deliverCounted(agent, entry, body, start);
            calls.call(circuits -> recordProbe(circuits, agent, probe, counted.kind(), limits));
            yield counted.attempt().with(LogFields.NONE.with("probe", true));
          }
        };
    return attempt.with(calls.fields);
  }

  /**
   * An attempt, and what it says of the agent: nothing if that was not asked. And nothing if it
   * failed at an event that nobody can read: it would be well with any other.
   *
   * @param failedAt an event that the agent says it failed at; nothing if it is down for all
   */
  private record Counted(
      DeliveryAttempt attempt, Optional<Circuit.Kind> kind, Optional<EventId> failedAt) {
    private Counted(DeliveryAttempt attempt, Optional<Circuit.Kind> kind) {
      this(attempt, kind, Optional.empty());
    }

    private Optional<Circuit.Outcome> outcome(Instant now) {
      return kind.map(
          one ->
              failedAt
                  .map(event -> Circuit.Outcome.failedAt(event, now))
                  .orElseGet(() -> new Circuit.Outcome(now, one)));
    }
  }

  private Counted deliverCounted(
      AgentName agent, AgentDirectory.Entry entry, byte[] body, Instant start) {
    Instant asked = clock.instant();
    DeliveryAttempt attempt = delivery.deliver(agent, entry, body, start);
    if (!attempt.wasAsked()) {
      return new Counted(attempt, Optional.empty());
    }
    if (attempt.isFailure()) {
      return reader.read(body) instanceof EventReader.Reading.Valid(_, var event)
          ? new Counted(
              attempt,
              Optional.of(Circuit.Kind.FAILED),
              Optional.of(event.id()).filter(_ -> attempt.isFailureAtEvent()))
          : new Counted(
              attempt.with(
                  LogFields.of("not_counted", "the event is one that no subscriber can read")),
              Optional.empty());
    }
    if (attempt.isBusy()) {
      return new Counted(attempt, Optional.of(Circuit.Kind.BUSY));
    }
    return Duration.between(asked, clock.instant()).compareTo(SLOW_RESPONSE_THRESHOLD) < 0
        ? new Counted(attempt, Optional.of(Circuit.Kind.ANSWERED))
        : new Counted(
            attempt.with(LogFields.NONE.with("slow", true)), Optional.of(Circuit.Kind.SLOW));
  }

  private boolean releaseSlot(
      CircuitStore circuits,
      AgentName agent,
      CircuitStore.Slot slot,
      Counted counted,
      Optional<BreakerPolicy> limits) {
    Instant now = deadlines.instant();
    counted
        .outcome(now)
        .ifPresentOrElse(
            outcome -> remember(agent, circuits.leave(agent, slot, outcome, limits)),
            () -> circuits.leave(agent, slot, now));
    return true;
  }

  private boolean recordProbe(
      CircuitStore circuits,
      AgentName agent,
      Admission.Probe probe,
      Optional<Circuit.Kind> kind,
      Optional<BreakerPolicy> limits) {
    Instant now = deadlines.instant();
    if (kind.isEmpty()) {
      circuits.giveUp(agent, probe.lease(), now);
    } else if (kind.get() == Circuit.Kind.FAILED && limits.isPresent()) {
      remember(agent, circuits.reopen(agent, probe.lease(), probe.open(), limits.get(), now));
    } else {
      circuits.close(agent, probe.lease(), kind.get(), now);
    }
    return true;
  }

  private void remember(AgentName agent, Circuit circuit) {
    circuit.open().ifPresent(since -> remember(agent, since));
  }

  private void remember(AgentName agent, Circuit.Open since) {
    open.put(agent, new Sighting(since, clock.instant()));
  }

  private Admission admission(AgentName agent, int bound, boolean hasBreaker, Table calls) {
    Instant now = deadlines.instant();
    Optional<CircuitStore.Entry> entry =
        calls.call(
            circuits -> circuits.enter(agent, bound, hasBreaker, now, clock.instant(), LEASE));
    if (entry.isEmpty()) {
      return admitWithoutTable(agent, now);
    }
    return switch (entry.get()) {
      case CircuitStore.Entry.Admitted(var slot) -> {
        open.remove(agent);
        yield new Admission.Deliver(Optional.of(slot));
      }
      case CircuitStore.Entry.Full _ ->
          new Admission.Refuse(
              new DeliveryAttempt(
                  Problem.AGENT_BUSY
                      .withDetail(
                          bound
                              + " deliveries to "
                              + agent
                              + " are under way, and its inFlight allows no more at a time")
                      .retryAfter(BUSY_RETRY_AFTER.plus(jitterUpTo(BUSY_RETRY_AFTER))),
                  DeliveryAttempt.Outcome.AT_LIMIT));
      case CircuitStore.Entry.Open(var circuit, var since) -> {
        remember(agent, since);
        yield probe(agent, circuit, since, now, calls);
      }
    };
  }

  private Admission probe(
      AgentName agent, Circuit circuit, Circuit.Open since, Instant now, Table calls) {
    boolean inHand = since.probeUntil().filter(until -> until.isAfter(clock.instant())).isPresent();
    if (since.until().isAfter(now) || inHand) {
      return refuse(agent, since, now);
    }
    return calls
        .call(circuits -> circuits.probe(agent, circuit, now, clock.instant(), LEASE))
        .flatMap(lease -> lease)
        .<Admission>map(lease -> new Admission.Probe(lease, since))
        .orElseGet(() -> refuse(agent, since, now));
  }

  /**
   * The table does not answer. A circuit that was open lets one probe at a time through, which
   * cannot be agreed upon now; so it stays open for as long as that takes: from when the first
   * could be made, and from when it was last seen open, for somebody may have begun one since.
   */
  private Admission admitWithoutTable(AgentName agent, Instant now) {
    return Optional.ofNullable(open.get(agent))
        .filter(
            seen ->
                seen.open().until().plus(LEASE).isAfter(now)
                    || seen.at().plus(LEASE).isAfter(clock.instant()))
        .map(seen -> refuse(agent, seen.open(), now))
        .orElseGet(() -> new Admission.Deliver(Optional.empty()));
  }

  /**
   * Those who wait come back over as long a time again, not all with the probe; while it is under
   * way, soon.
   */
  private Admission refuse(AgentName agent, Circuit.Open since, Instant now) {
    Duration remaining = Duration.between(now, since.until());
    Duration wait =
        remaining.isPositive()
            ? remaining.plus(jitterUpTo(since.time()))
            : PROBE_RETRY_AFTER.plus(jitterUpTo(PROBE_RETRY_AFTER));
    return new Admission.Refuse(
        new DeliveryAttempt(
            Problem.CIRCUIT_OPEN
                .withDetail(
                    "too many of the last deliveries to "
                        + agent
                        + " failed, so it is not asked now")
                .retryAfter(wait),
            DeliveryAttempt.Outcome.CIRCUIT_OPEN));
  }

  private Duration jitterUpTo(Duration most) {
    return Duration.ofMillis((long) (most.toMillis() * jitter.getAsDouble()));
  }

  /** The table as one delivery calls it: in the time that it has left, and never in its way. */
  private final class Table {
    private final Instant start;
    private LogFields fields = LogFields.NONE;

    private Table(Instant start) {
      this.start = start;
    }

    <T> Optional<T> call(Function<CircuitStore, T> call) {
      Instant now = clock.instant();
      if (now.isBefore(askAgain)) {
        return Optional.empty();
      }
      Duration left = DELIVERY_TIMEOUT.minus(Duration.between(start, now));
      Duration within =
          left.compareTo(MAX_CALL_TIMEOUT) > 0
              ? MAX_CALL_TIMEOUT
              : left.compareTo(MIN_CALL_TIMEOUT) < 0 ? MIN_CALL_TIMEOUT : left;
      try {
        return Optional.of(call.apply(new CircuitStore(table.withTimeout(within), jitter)));
      } catch (SdkException e) {
        askAgain = now.plus(TABLE_COOLDOWN);
        fields =
            LogFields.of(
                "health", "the table of health did not answer: " + e.getClass().getSimpleName());
        return Optional.empty();
      }
    }
  }
}

package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.event.EventId;
import agentpost.event.EventReader;
import agentpost.health.Circuit;
import agentpost.health.CircuitStore;
import agentpost.health.HealthTable;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.schemas.EventSchemas;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * In front of deliveries: of one agent no more are under way at a time than its settings allow, by
 * all relays together; and an agent that failed too many of its last ones is not asked, but for one
 * probe at a time, until a probe is answered. While the state cannot be read or written, it
 * delivers, unless it knows of an open circuit.
 */
public final class CircuitBreaker {
  /** An agent that takes longer holds the relay for most of an attempt's time. */
  static final Duration SLOW_RESPONSE_THRESHOLD = Duration.ofSeconds(2);

  private static final AgentName REHEARSAL = new AgentName("rehearsal");

  private final SignedDelivery delivery;
  private final HealthCalls health;
  private final Admissions admissions;
  private final Clock clock;
  private final Clock deadlines;
  private final EventReader reader;

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
    this.health = new HealthCalls(table, clock, jitter);
    this.admissions = new Admissions(clock, deadlines, jitter);
    this.reader = reader;
    this.clock = clock;
    this.deadlines = deadlines;
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
    health
        .since(clock.instant())
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
    HealthCalls.OfDelivery calls = health.since(start);
    DeliveryAttempt attempt =
        switch (admissions.admit(
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
    return attempt.with(calls.fields());
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
            outcome -> admissions.remember(agent, circuits.leave(agent, slot, outcome, limits)),
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
      admissions.remember(
          agent, circuits.reopen(agent, probe.lease(), probe.open(), limits.get(), now));
    } else {
      circuits.close(agent, probe.lease(), kind.get(), now);
    }
    return true;
  }
}

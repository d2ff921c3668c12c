package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.health.Circuit;
import agentpost.health.CircuitStore;
import agentpost.http.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/** Whether a delivery may begin now; if not, when to come back. */
final class Admissions {
  /**
   * Longer than the function runs, so that no second probe begins while one is under way; one that
   * died holds its place no longer.
   */
  static final Duration LEASE = Duration.ofSeconds(15);

  /** One of those that are under way will have ended. */
  private static final Duration BUSY_RETRY_AFTER = Duration.ofSeconds(2);

  /** A probe is over by then, and so are the attempts that are under way. */
  private static final Duration PROBE_RETRY_AFTER = Duration.ofSeconds(5);

  /**
   * @param at when the table said so, by the wall's clock
   */
  private record Sighting(Circuit.Open open, Instant at) {}

  private final Clock clock;
  private final Clock deadlines;
  private final DoubleSupplier jitter;
  private final Map<AgentName, Sighting> open = new ConcurrentHashMap<>();

  /**
   * @param clock the wall's, for leases
   * @param deadlines for how long a circuit is open
   * @param jitter from 0 to 1
   */
  Admissions(Clock clock, Clock deadlines, DoubleSupplier jitter) {
    this.clock = clock;
    this.deadlines = deadlines;
    this.jitter = jitter;
  }

  /** Circuits that are known to be open stay so while the table does not answer. */
  void remember(AgentName agent, Circuit circuit) {
    circuit.open().ifPresent(since -> remember(agent, since));
  }

  private void remember(AgentName agent, Circuit.Open since) {
    open.put(agent, new Sighting(since, clock.instant()));
  }

  /**
   * @param bound of deliveries under way at a time
   * @param hasBreaker or else the circuit is never open
   */
  Admission admit(AgentName agent, int bound, boolean hasBreaker, HealthCalls.OfDelivery calls) {
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
      AgentName agent,
      Circuit circuit,
      Circuit.Open since,
      Instant now,
      HealthCalls.OfDelivery calls) {
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
}

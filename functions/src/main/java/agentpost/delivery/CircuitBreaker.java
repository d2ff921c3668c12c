package agentpost.delivery;

import agentpost.event.AgentName;
import agentpost.event.EventReader;
import agentpost.health.Circuit;
import agentpost.health.Circuits;
import agentpost.health.HealthTable;
import agentpost.http.Problem;
import agentpost.platform.Platform;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * In front of deliveries: an agent that failed too many of its last ones is not asked, but for one probe at a time, until a probe is answered. A
 * healthy agent costs a read every few seconds and no write. If the state cannot be read or written, it delivers.
 */
public final class CircuitBreaker {
  /** So long another instance's news may take to get here; and so often a healthy agent's row, which is not there, is asked for. */
  static final Duration FRESH = Duration.ofSeconds(5);

  /** Longer than the function runs, so that no second probe begins while one is under way; one that died holds the circuit no longer. */
  static final Duration LEASE = Duration.ofSeconds(15);

  /** EventBridge hangs up at 5 s. What is left until then, with a little for the way back, is what a call to the table may take, */
  private static final Duration END = Duration.ofMillis(4_800);

  /** up to this, so that the agent keeps most of it: the first call of an instance has a connection to make. */
  private static final Duration LONGEST_CALL = Duration.ofSeconds(1);

  private static final Duration SHORTEST_CALL = Duration.ofMillis(100);

  /** A probe is over by then. */
  private static final Duration PROBING = Duration.ofSeconds(5);

  private record Known(Circuit circuit, Instant readAt) {}

  /** What a delivery may do. */
  private sealed interface Admission {
    record Deliver() implements Admission {}

    record Probe(Instant lease, Circuit.Open open) implements Admission {}

    record Refuse(Duration time) implements Admission {}
  }

  private final SignedDelivery delivery;
  private final HealthTable table;
  private final Clock clock;
  private final Clock deadlines;
  private final DoubleSupplier jitter;
  private final EventReader reader = new EventReader(EventSchemas.load());
  private final Map<AgentName, Known> known = new ConcurrentHashMap<>();
  private final Map<AgentName, AtomicInteger> successes = new ConcurrentHashMap<>();

  /**
   * @param clock the wall's, for leases
   * @param deadlines for how long a circuit is open
   * @param jitter from 0 to 1
   */
  CircuitBreaker(SignedDelivery delivery, HealthTable table, Clock clock, Clock deadlines, DoubleSupplier jitter) {
    this.delivery = delivery;
    this.table = table;
    this.clock = clock;
    this.deadlines = deadlines;
    this.jitter = jitter;
  }

  /** With the table of HEALTH_TABLE. */
  public static CircuitBreaker on(Platform platform, SignedDelivery delivery) {
    return new CircuitBreaker(
        delivery, HealthTable.on(platform), platform.clock(), platform.deadlines(), () -> ThreadLocalRandom.current().nextDouble());
  }

  public SignedDelivery.Attempt deliver(AgentName agent, byte[] body) {
    return deliver(agent, body, clock.instant(), JsonNodeFactory.instance.objectNode());
  }

  /** As {@link SignedDelivery#deliver}. */
  SignedDelivery.Attempt deliver(AgentName agent, byte[] body, Instant start, ObjectNode line) {
    Optional<Circuits.Limits> limits = delivery.settings(agent).flatMap(AgentSettings::breaker);
    if (limits.isEmpty()) {
      return delivery.deliver(agent, body, start, line);
    }
    Table calls = new Table(start, line);
    return switch (admission(agent, calls)) {
      case Admission.Deliver _ -> counted(agent, limits.get(), judged(delivery.deliver(agent, body, start, line), body, line), calls);
      case Admission.Probe probe -> probed(agent, limits.get(), probe, judged(delivery.deliver(agent, body, start, line.put("probe", true)), body, line), calls);
      case Admission.Refuse(var wait) -> {
        line.put("agent", agent.value()).put("outcome", SignedDelivery.Outcome.CIRCUIT_OPEN.label());
        yield new SignedDelivery.Attempt(
            Problem.CIRCUIT_OPEN.because("too many of the last deliveries to " + agent + " failed, so it is not asked now").retryAfter(wait),
            SignedDelivery.Outcome.CIRCUIT_OPEN);
      }
    };
  }

  private Admission admission(AgentName agent, Table calls) {
    Instant now = deadlines.instant();
    Optional<Circuit.Open> open = circuit(agent, now, calls).open();
    if (open.isEmpty()) {
      return new Admission.Deliver();
    }
    boolean due = !open.get().until().isAfter(now);
    boolean inHand = open.get().probeUntil().filter(until -> until.isAfter(clock.instant())).isPresent();
    if (!due || inHand) {
      return refused(open.get(), now);
    }
    Optional<Circuits.Asked> asked = calls.call(circuits -> circuits.probe(agent, now, clock.instant(), LEASE));
    if (asked.isEmpty()) {
      return new Admission.Deliver();
    }
    remember(agent, asked.get().circuit(), now);
    Optional<Circuit.Open> still = asked.get().circuit().open();
    if (still.isEmpty()) {
      return new Admission.Deliver();
    }
    return asked.get().lease().<Admission>map(lease -> new Admission.Probe(lease, still.get())).orElseGet(() -> refused(still.get(), now));
  }

  /** Those who wait come back over as long a time again, not all with the probe; while it is under way, soon. */
  private Admission refused(Circuit.Open open, Instant now) {
    Duration remaining = Duration.between(now, open.until());
    return new Admission.Refuse(remaining.isPositive() ? remaining.plus(jittered(open.time())) : PROBING.plus(jittered(PROBING)));
  }

  private Circuit circuit(AgentName agent, Instant now, Table calls) {
    Known last = known.get(agent);
    if (last != null && now.isBefore(last.readAt().plus(FRESH))) {
      return last.circuit();
    }
    // One that cannot be read is closed, and not asked for again with each delivery.
    Circuit circuit = calls.call(circuits -> circuits.read(agent)).orElse(Circuit.CLOSED);
    remember(agent, circuit, now);
    return circuit;
  }

  private void remember(AgentName agent, Circuit circuit, Instant now) {
    known.put(agent, new Known(circuit, now));
  }

  /** What an attempt says of the agent. */
  private record Judged(SignedDelivery.Attempt attempt, boolean isFailure, boolean wasAsked) {}

  /** Whoever fails at an event that nobody can read would be well with any other: that says nothing of the agent. */
  private Judged judged(SignedDelivery.Attempt attempt, byte[] body, ObjectNode line) {
    if (attempt.isFailure() && !(reader.read(body) instanceof EventReader.Reading.Valid)) {
      line.put("not_counted", "the event is one that no subscriber can read");
      return new Judged(attempt, false, false);
    }
    return new Judged(attempt, attempt.isFailure(), attempt.wasAsked());
  }

  private SignedDelivery.Attempt counted(AgentName agent, Circuits.Limits limits, Judged judged, Table calls) {
    AtomicInteger since = successes.computeIfAbsent(agent, _ -> new AtomicInteger());
    if (judged.isFailure()) {
      int before = since.getAndSet(0);
      calls.call(circuits -> circuits.failed(agent, before, limits, deadlines.instant())).ifPresent(circuit -> remember(agent, circuit, deadlines.instant()));
    } else if (judged.wasAsked()) {
      since.updateAndGet(count -> Math.min(count + 1, limits.of()));
    }
    return judged.attempt();
  }

  private SignedDelivery.Attempt probed(
      AgentName agent, Circuits.Limits limits, Admission.Probe probe, Judged judged, Table calls) {
    Instant now = deadlines.instant();
    Function<Circuits, Circuit> end =
        judged.isFailure()
            ? circuits -> circuits.reopened(agent, probe.lease(), probe.open(), limits, now)
            : judged.wasAsked() ? circuits -> circuits.closed(agent, probe.lease(), now) : circuits -> circuits.givenUp(agent, probe.lease(), now);
    calls.call(end).ifPresent(circuit -> remember(agent, circuit, now));
    return judged.attempt();
  }

  private Duration jittered(Duration most) {
    return Duration.ofMillis((long) (most.toMillis() * jitter.getAsDouble()));
  }

  /** The table as one delivery calls it: in the time that it has left, and never in its way. */
  private final class Table {
    private final Instant start;
    private final ObjectNode line;

    private Table(Instant start, ObjectNode line) {
      this.start = start;
      this.line = line;
    }

    <T> Optional<T> call(Function<Circuits, T> call) {
      Duration left = END.minus(Duration.between(start, clock.instant()));
      Duration within = left.compareTo(LONGEST_CALL) > 0 ? LONGEST_CALL : left.compareTo(SHORTEST_CALL) < 0 ? SHORTEST_CALL : left;
      try {
        return Optional.of(call.apply(new Circuits(table.within(within))));
      } catch (SdkException e) {
        line.put("health", "the table of health did not answer: " + e.getClass().getSimpleName());
        return Optional.empty();
      }
    }
  }
}

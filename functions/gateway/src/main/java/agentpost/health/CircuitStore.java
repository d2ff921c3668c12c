package agentpost.health;

import agentpost.catalog.AgentName;
import agentpost.catalog.BreakerPolicy;
import agentpost.health.Circuit.Kind;
import agentpost.health.Circuit.Outcome;
import agentpost.health.HealthTable.WriteResult;
import agentpost.platform.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The transitions of circuits, each a conditional update, so that of many relays at the same
 * instant one makes it. An attempt takes one of the agent's slots before it asks and gives it back
 * with what came of it: so all relays together know how many attempts are under way and how the
 * last ones ended, and nobody begins one while the circuit is open.
 */
public final class CircuitStore {
  /** Others may take a slot in the same instant; then another one is free, or none. */
  private static final int MAX_TRIES = 10;

  /** What is kept of outcomes before they are cut to the last ones again. */
  private static final int MAX_OUTCOMES = 10;

  private final HealthTable table;
  private final DoubleSupplier random;

  /**
   * @param random from 0 to 1: which slot is tried, so that those who come at once do not all try
   *     the same
   */
  public CircuitStore(HealthTable table, DoubleSupplier random) {
    this.table = table;
    this.random = random;
  }

  /**
   * @param until when it runs out, by the wall's clock; by which its holder is known, too
   */
  public record Slot(int number, Instant until) {}

  /** What came of asking to make an attempt. */
  public sealed interface Entry {
    record Admitted(Slot slot) implements Entry {}

    /** As many attempts are under way as may be. */
    record Full() implements Entry {}

    record Open(Circuit circuit, Circuit.Open open) implements Entry {}
  }

  /**
   * Takes a slot.
   *
   * @param bound attempts under way at most
   * @param hasBreaker whether an open circuit keeps it from being made
   * @param wall the wall's time, by which a slot runs out if nobody gives it back: what it outlives
   *     is a real request
   */
  public Entry enter(
      AgentName agent, int bound, boolean hasBreaker, Instant now, Instant wall, Duration lease) {
    Instant until = Change.truncate(wall.plus(lease));
    int slot = randomIndex(bound);
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Condition free = Condition.isSlotFree(slot, wall);
      Condition admitted =
          hasBreaker ? Condition.all(Condition.isAbsent(Attribute.OPEN_UNTIL), free) : free;
      WriteResult taken = table.update(agent, now, Change.when(admitted).setSlot(slot, until));
      if (taken.done()) {
        return new Entry.Admitted(new Slot(slot, until));
      }
      Circuit circuit = Circuit.of(taken.row());
      if (hasBreaker && circuit.open().isPresent()) {
        return new Entry.Open(circuit, circuit.open().get());
      }
      List<Integer> others = circuit.freeSlots(bound, wall);
      if (others.isEmpty()) {
        return new Entry.Full();
      }
      slot = others.get(randomIndex(others.size()));
    }
    return new Entry.Full();
  }

  private int randomIndex(int of) {
    return Math.min(of - 1, (int) (random.getAsDouble() * of));
  }

  /** Gives the slot back; the agent was not asked. */
  public void leave(AgentName agent, Slot slot, Instant now) {
    table.update(agent, now, release(slot));
  }

  private static Change release(Slot slot) {
    return Change.when(Condition.holdsSlot(slot.number(), slot.until())).removeSlot(slot.number());
  }

  /**
   * Gives the slot back with what came of the attempt, and trips the circuit if that is one failure
   * too many.
   *
   * @param limits nothing if it never trips
   * @return the circuit as it is now
   */
  public Circuit leave(
      AgentName agent, Slot slot, Outcome outcome, Optional<BreakerPolicy> limits) {
    Instant now = outcome.at();
    Change change = release(slot).append(Attribute.OUTCOMES, outcome.value());
    if (outcome.kind() == Kind.FAILED) {
      change.set(Attribute.FAILED_AT, now);
    }
    // Also if the answer to this call is lost and the SDK makes it again, it counts once: the slot
    // is given back by then.
    WriteResult left = table.update(agent, now, change);
    Circuit circuit = Circuit.of(left.row());
    if (!left.done() || circuit.open().isPresent()) {
      return circuit;
    }
    if (limits.isPresent() && circuit.trips(limits.get(), now)) {
      return trip(agent, circuit, limits.get(), now);
    }
    trimOutcomes(
        agent,
        circuit,
        Math.max(MAX_OUTCOMES, limits.map(BreakerPolicy::windowSize).orElse(0)),
        now);
    return circuit;
  }

  /** Not if it has closed since what was counted: then it had tripped already. */
  private Circuit trip(AgentName agent, Circuit counted, BreakerPolicy limits, Instant now) {
    Condition unchanged =
        Condition.all(
            Condition.isAbsent(Attribute.OPEN_UNTIL),
            counted
                .closedAt()
                .map(closed -> Condition.equal(Attribute.CLOSED_AT, closed))
                .orElse(Condition.isAbsent(Attribute.CLOSED_AT)));
    Change change =
        Change.when(unchanged)
            .set(Attribute.OPEN_UNTIL, now.plus(limits.openDuration()))
            .set(Attribute.OPEN_MILLIS, limits.openDuration())
            .set(Attribute.OPENED_AT, now)
            .remove(Attribute.OUTCOMES, Attribute.PROBE_UNTIL);
    return Circuit.of(
        table.update(agent, now, OutageStore.begin(change, Outage.Reason.CIRCUIT_OPEN, now)).row());
  }

  /** The last ones are kept, as long as nobody adds one at the same time. */
  private void trimOutcomes(AgentName agent, Circuit circuit, int most, Instant now) {
    if (circuit.outcomes().size() < 2 * most) {
      return;
    }
    table.update(
        agent,
        now,
        Change.when(Condition.equal(Attribute.OUTCOMES, values(circuit.outcomes())))
            .set(Attribute.OUTCOMES, values(circuit.lastOutcomes(most))));
  }

  private static List<AttributeValue> values(List<Outcome> outcomes) {
    return outcomes.stream().map(Outcome::value).toList();
  }

  /**
   * The one probe of an open circuit whose time is over and whose earlier attempts have all ended:
   * while it is open, nobody begins one.
   *
   * @param seen the circuit as it was a moment ago
   * @return the probe's lease, by which its end is told; nothing if someone else has it, or it is
   *     not due
   */
  public Optional<Instant> probe(
      AgentName agent, Circuit seen, Instant now, Instant wall, Duration lease) {
    if (seen.open().isEmpty() || seen.countInFlight(wall) > 0) {
      return Optional.empty();
    }
    Instant until = Change.truncate(wall.plus(lease));
    Condition due =
        Condition.all(
            // Of the opening that was seen, or attempts may be under way that were not seen: it may
            // have closed, let them begin, and opened again since.
            Condition.any(
                Condition.isAbsent(Attribute.OPENED_AT),
                Condition.equal(Attribute.OPENED_AT, seen.open().get().since())),
            Condition.isOver(Attribute.OPEN_UNTIL, now),
            Condition.isFree(Attribute.PROBE_UNTIL, wall));
    Change change = Change.when(due).set(Attribute.PROBE_UNTIL, until);
    return table.update(agent, now, change).done() ? Optional.of(until) : Optional.empty();
  }

  private static Change end(Instant lease) {
    return Change.when(Condition.equal(Attribute.PROBE_UNTIL, lease)).remove(Attribute.PROBE_UNTIL);
  }

  /** The probe was answered: the circuit is closed. */
  public void close(AgentName agent, Instant lease, Kind kind, Instant now) {
    table.update(
        agent,
        now,
        end(lease)
            .set(Attribute.CLOSED_AT, now)
            .set(Attribute.OUTCOMES, values(List.of(new Outcome(now, kind))))
            .remove(Attribute.OPEN_UNTIL, Attribute.OPEN_MILLIS, Attribute.OPENED_AT));
  }

  /** The probe failed: open again, for twice as long. */
  public Circuit reopen(
      AgentName agent, Instant lease, Circuit.Open before, BreakerPolicy limits, Instant now) {
    Duration open =
        new Backoff(limits.openDuration(), limits.maxOpenDuration()).delayAfter(before.time());
    Change change =
        end(lease)
            .set(Attribute.OPEN_UNTIL, now.plus(open))
            .set(Attribute.OPEN_MILLIS, open)
            .set(Attribute.TROUBLED_AT, now);
    return Circuit.of(table.update(agent, now, change).row());
  }

  /** The probe did not come to ask the agent: whoever comes next makes it. */
  public void giveUp(AgentName agent, Instant lease, Instant now) {
    table.update(agent, now, end(lease));
  }
}

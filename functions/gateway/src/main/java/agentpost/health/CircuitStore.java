package agentpost.health;

import static agentpost.health.HealthTable.millisAttribute;
import static agentpost.health.HealthTable.number;

import agentpost.catalog.AgentName;
import agentpost.catalog.BreakerPolicy;
import agentpost.health.Circuit.Kind;
import agentpost.health.Circuit.Outcome;
import agentpost.health.HealthTable.Change;
import agentpost.health.HealthTable.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    Instant until = Instant.ofEpochMilli(wall.plus(lease).toEpochMilli());
    String closed = hasBreaker ? "attribute_not_exists(open_until) AND " : "";
    int slot = randomIndex(bound);
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      String name = Circuit.slot(slot);
      WriteResult taken =
          table.update(
              agent,
              now,
              new Change(
                  name + " = :until",
                  "",
                  closed + "(attribute_not_exists(" + name + ") OR " + name + " <= :wall)",
                  Map.of(":until", millisAttribute(until), ":wall", millisAttribute(wall))));
      if (taken.done()) {
        return new Entry.Admitted(new Slot(slot, until));
      }
      Circuit circuit = Circuit.of(taken.row());
      if (hasBreaker && circuit.open().isPresent()) {
        return new Entry.Open(circuit, circuit.open().get());
      }
      List<Integer> free = circuit.freeSlots(bound, wall);
      if (free.isEmpty()) {
        return new Entry.Full();
      }
      slot = free.get(randomIndex(free.size()));
    }
    return new Entry.Full();
  }

  private int randomIndex(int of) {
    return Math.min(of - 1, (int) (random.getAsDouble() * of));
  }

  /** Gives the slot back; the agent was not asked. */
  public void leave(AgentName agent, Slot slot, Instant now) {
    String name = Circuit.slot(slot.number());
    table.update(
        agent,
        now,
        new Change(
            "",
            "REMOVE " + name,
            name + " = :until",
            Map.of(":until", millisAttribute(slot.until()))));
  }

  /**
   * Gives the slot back with what came of the attempt, and trips the circuit if that is one failure
   * too many.
   *
   * @param limits nothing if it never trips
   * @return the circuit as it is now
   */
  public Circuit leave(
      AgentName agent, Slot slot, Kind kind, Optional<BreakerPolicy> limits, Instant now) {
    String name = Circuit.slot(slot.number());
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":until", millisAttribute(slot.until()));
    values.put(":none", AttributeValue.fromL(List.of()));
    values.put(":outcome", AttributeValue.fromL(List.of(new Outcome(now, kind).value())));
    String set = "outcomes = list_append(if_not_exists(outcomes, :none), :outcome)";
    if (kind == Kind.FAILED) {
      set += ", failed_at = :now";
      values.put(":now", millisAttribute(now));
    }
    // Also if the answer to this call is lost and the SDK makes it again, it counts once: the slot
    // is given back by then.
    WriteResult left =
        table.update(agent, now, new Change(set, "REMOVE " + name, name + " = :until", values));
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
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":until", millisAttribute(now.plus(limits.openDuration())));
    values.put(":open", number(limits.openDuration().toMillis()));
    values.put(":now", millisAttribute(now));
    values.put(":because", Outage.Reason.CIRCUIT_OPEN.value());
    counted.closedAt().ifPresent(closed -> values.put(":closed", millisAttribute(closed)));
    Change change =
        new Change(
            "open_until = :until, open_millis = :open, opened_at = :now, troubled_at = :now,"
                + " outage_since = if_not_exists(outage_since, :now), outage_because ="
                + " if_not_exists(outage_because, :because)",
            "REMOVE outcomes, probe_until",
            "attribute_not_exists(open_until) AND "
                + (counted.closedAt().isPresent()
                    ? "closed_at = :closed"
                    : "attribute_not_exists(closed_at)"),
            values);
    return Circuit.of(table.update(agent, now, change).row());
  }

  /** The last ones are kept, as long as nobody adds one at the same time. */
  private void trimOutcomes(AgentName agent, Circuit circuit, int most, Instant now) {
    if (circuit.outcomes().size() < 2 * most) {
      return;
    }
    Map<String, AttributeValue> values =
        Map.of(
            ":last",
                AttributeValue.fromL(
                    circuit.lastOutcomes(most).stream().map(Outcome::value).toList()),
            ":all", AttributeValue.fromL(circuit.outcomes().stream().map(Outcome::value).toList()));
    table.update(agent, now, new Change("outcomes = :last", "", "outcomes = :all", values));
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
    Instant until = Instant.ofEpochMilli(wall.plus(lease).toEpochMilli());
    Change change =
        new Change(
            "probe_until = :lease",
            "",
            // Of the opening that was seen, or attempts may be under way that were not seen: it may
            // have closed, let them begin, and opened again since.
            "(attribute_not_exists(opened_at) OR opened_at = :opened) AND open_until <= :now AND"
                + " (attribute_not_exists(probe_until) OR probe_until <= :wall)",
            Map.of(
                ":opened",
                millisAttribute(seen.open().get().since()),
                ":lease",
                millisAttribute(until),
                ":now",
                millisAttribute(now),
                ":wall",
                millisAttribute(wall)));
    return table.update(agent, now, change).done() ? Optional.of(until) : Optional.empty();
  }

  /** The probe was answered: the circuit is closed. */
  public void close(AgentName agent, Instant lease, Kind kind, Instant now) {
    Map<String, AttributeValue> values =
        Map.of(
            ":now",
            millisAttribute(now),
            ":lease",
            millisAttribute(lease),
            ":outcomes",
            AttributeValue.fromL(List.of(new Outcome(now, kind).value())));
    table.update(
        agent,
        now,
        new Change(
            "closed_at = :now, outcomes = :outcomes",
            "REMOVE open_until, open_millis, opened_at, probe_until",
            "probe_until = :lease",
            values));
  }

  /** The probe failed: open again, for twice as long. */
  public Circuit reopen(
      AgentName agent, Instant lease, Circuit.Open before, BreakerPolicy limits, Instant now) {
    Duration doubled = before.time().multipliedBy(2);
    Duration open =
        doubled.compareTo(limits.maxOpenDuration()) > 0 ? limits.maxOpenDuration() : doubled;
    Change change =
        new Change(
            "open_until = :until, open_millis = :open, troubled_at = :now",
            "REMOVE probe_until",
            "probe_until = :lease",
            Map.of(
                ":until",
                millisAttribute(now.plus(open)),
                ":open",
                number(open.toMillis()),
                ":now",
                millisAttribute(now),
                ":lease",
                millisAttribute(lease)));
    return Circuit.of(table.update(agent, now, change).row());
  }

  /** The probe did not come to ask the agent: whoever comes next makes it. */
  public void giveUp(AgentName agent, Instant lease, Instant now) {
    table.update(
        agent,
        now,
        new Change(
            "",
            "REMOVE probe_until",
            "probe_until = :lease",
            Map.of(":lease", millisAttribute(lease))));
  }
}

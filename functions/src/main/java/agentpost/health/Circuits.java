package agentpost.health;

import static agentpost.health.HealthTable.at;
import static agentpost.health.HealthTable.number;

import agentpost.event.AgentName;
import agentpost.health.HealthTable.Change;
import agentpost.health.HealthTable.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The transitions of circuits, each a conditional update, so that of many relays at the same instant one makes it. Nothing is written for a
 * delivery that succeeds: who fails reports the successes it saw before.
 */
public final class Circuits {
  /** Someone else began a new window at the same instant; then there is one to add to. */
  private static final int MOST_TRIES = 3;

  private final HealthTable table;

  public Circuits(HealthTable table) {
    this.table = table;
  }

  /**
   * When a circuit opens and for how long.
   *
   * @param failures of the last {@code of} deliveries that trip it
   * @param within failures longer ago than that do not count
   * @param open how long it stays open first; twice as long each time that a probe fails
   * @param longest how long it stays open at most
   */
  public record Limits(int failures, int of, Duration within, Duration open, Duration longest) {}

  public Circuit read(AgentName agent) {
    return Circuit.of(table.row(agent));
  }

  /** Counts a failure and the successes before it, and trips the circuit if that is one too many. */
  public Circuit failed(AgentName agent, int successes, Limits limits, Instant now) {
    // No more than the last deliveries matter.
    long seen = 1L + Math.min(successes, limits.of());
    Circuit counted = counted(agent, seen, now, limits.within());
    if (counted.open().isPresent()) {
      return counted;
    }
    if (counted.trips(limits.failures(), limits.of())) {
      return tripped(agent, limits, now);
    }
    return counted.seen() < limits.of() ? counted : aged(agent, counted, limits, now);
  }

  private Circuit counted(AgentName agent, long seen, Instant now, Duration within) {
    Map<String, AttributeValue> values =
        Map.of(":one", number(1), ":seen", number(seen), ":oldest", at(now.minus(within)));
    Circuit circuit = Circuit.CLOSED;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Written added =
          table.update(agent, now, new Change("", "ADD failed_count :one, seen_count :seen", "attribute_not_exists(open_until) AND counted_from >= :oldest", values));
      circuit = Circuit.of(added.row());
      if (added.done() || circuit.open().isPresent()) {
        return circuit;
      }
      Written begun =
          table.update(
              agent,
              now,
              new Change(
                  "counted_from = :now, failed_count = :one, seen_count = :seen",
                  "",
                  "attribute_not_exists(open_until) AND (attribute_not_exists(counted_from) OR counted_from < :oldest)",
                  Map.of(":now", at(now), ":one", number(1), ":seen", number(seen), ":oldest", at(now.minus(within)))));
      circuit = Circuit.of(begun.row());
      if (begun.done()) {
        return circuit;
      }
    }
    return circuit;
  }

  private Circuit tripped(AgentName agent, Limits limits, Instant now) {
    return Circuit.of(
        table
            .update(
                agent,
                now,
                new Change(
                    "open_until = :until, open_millis = :open, opened_at = :now, troubled_at = :now, outage_since = if_not_exists(outage_since, :now),"
                        + " outage_because = if_not_exists(outage_because, :because)",
                    "REMOVE failed_count, seen_count, counted_from, probe_until",
                    "attribute_not_exists(open_until) AND failed_count >= :failures",
                    Map.of(
                        ":until", at(now.plus(limits.open())),
                        ":open", number(limits.open().toMillis()),
                        ":now", at(now),
                        ":because", Outage.Because.CIRCUIT_OPEN.value(),
                        ":failures", number(limits.failures()))))
            .row());
  }

  /**
   * The window is full and did not trip: its older half is forgotten. The share of failures is kept and rounded up, so that an agent that only
   * fails always trips in the end.
   */
  private Circuit aged(AgentName agent, Circuit counted, Limits limits, Instant now) {
    long half = Math.max(1, limits.of() / 2);
    long failed = Math.ceilDiv(counted.failed() * half, counted.seen());
    return Circuit.of(
        table
            .update(
                agent,
                now,
                new Change(
                    "failed_count = :half_failed, seen_count = :half, counted_from = :now",
                    "",
                    "attribute_not_exists(open_until) AND failed_count = :failed AND seen_count = :seen",
                    Map.of(
                        ":half_failed", number(failed),
                        ":half", number(half),
                        ":now", at(now),
                        ":failed", number(counted.failed()),
                        ":seen", number(counted.seen()))))
            .row());
  }

  /**
   * What came of asking to make the probe.
   *
   * @param lease the probe's, by which its end is told; nothing if someone else has it, or the circuit is not due
   */
  public record Asked(Circuit circuit, Optional<Instant> lease) {}

  /**
   * The one probe of an open circuit whose time is over.
   *
   * @param wall the wall's time, by which a lease runs out: what it outlives is a real request
   */
  public Asked probe(AgentName agent, Instant now, Instant wall, Duration lease) {
    Instant until = Instant.ofEpochMilli(wall.plus(lease).toEpochMilli());
    Written written =
        table.update(
            agent,
            now,
            new Change(
                "probe_until = :lease",
                "",
                "open_until <= :now AND (attribute_not_exists(probe_until) OR probe_until <= :wall)",
                Map.of(":lease", at(until), ":now", at(now), ":wall", at(wall))));
    return new Asked(Circuit.of(written.row()), written.done() ? Optional.of(until) : Optional.empty());
  }

  /** The probe was answered: the circuit is closed. */
  public Circuit closed(AgentName agent, Instant lease, Instant now) {
    Change change = new Change("closed_at = :now", "REMOVE open_until, open_millis, opened_at, probe_until", "probe_until = :lease", Map.of(":now", at(now), ":lease", at(lease)));
    return Circuit.of(table.update(agent, now, change).row());
  }

  /** The probe failed: open again, for twice as long. */
  public Circuit reopened(AgentName agent, Instant lease, Circuit.Open before, Limits limits, Instant now) {
    Duration doubled = before.time().multipliedBy(2);
    Duration open = doubled.compareTo(limits.longest()) > 0 ? limits.longest() : doubled;
    Change change =
        new Change(
            "open_until = :until, open_millis = :open, troubled_at = :now",
            "REMOVE probe_until",
            "probe_until = :lease",
            Map.of(":until", at(now.plus(open)), ":open", number(open.toMillis()), ":now", at(now), ":lease", at(lease)));
    return Circuit.of(table.update(agent, now, change).row());
  }

  /** The probe did not come to ask the agent: whoever comes next makes it. */
  public Circuit givenUp(AgentName agent, Instant lease, Instant now) {
    return Circuit.of(table.update(agent, now, new Change("", "REMOVE probe_until", "probe_until = :lease", Map.of(":lease", at(lease)))).row());
  }
}

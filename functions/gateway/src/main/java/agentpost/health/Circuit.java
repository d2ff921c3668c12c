package agentpost.health;

import agentpost.catalog.BreakerPolicy;
import agentpost.event.EventId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One agent's circuit as its row has it.
 *
 * @param outcomes of the last attempts that asked the agent, oldest first
 * @param open nothing while it is closed
 * @param closedAt when it last closed
 * @param slots until when each attempt that is under way holds its own, by the wall's clock
 */
public record Circuit(
    List<Outcome> outcomes,
    Optional<Open> open,
    Optional<Instant> closedAt,
    Map<Integer, Instant> slots) {
  public static final Circuit CLOSED =
      new Circuit(List.of(), Optional.empty(), Optional.empty(), Map.of());

  /** An agent is slow if it was so in half of its last attempts, and not only once or twice. */
  private static final int SLOW_SAMPLE_SIZE = 10;

  private static final int MIN_SLOW = 3;
  private static final Duration SLOW_WINDOW = Duration.ofMinutes(10);

  public Circuit {
    outcomes = List.copyOf(outcomes);
    slots = Map.copyOf(slots);
  }

  /** What an attempt says of the agent. */
  public enum Kind {
    ANSWERED(0),
    /** Answered, but late: the more of these, the more of the relay it holds. */
    SLOW(1),
    /** It is well and asks to be left alone for a while. */
    BUSY(2),
    FAILED(3);

    private final int digit;

    Kind(int digit) {
      this.digit = digit;
    }

    private static Kind of(long digit) {
      return Arrays.stream(values())
          .filter(kind -> kind.digit == digit)
          .findFirst()
          .orElse(ANSWERED);
    }
  }

  /**
   * What came of an attempt. On the row it is one number: the milliseconds, four digits that tell
   * failures at one event from those at others if there is an event, and the kind.
   *
   * @param at when it ended
   * @param event what the agent failed at, by its own account; nothing if it is not said to lie in
   *     the event
   */
  public record Outcome(Instant at, Kind kind, OptionalInt event) {
    private static final long KINDS = 10;
    private static final int EVENTS = 10_000;

    /**
     * A number without an event is below this until the year 33658, and with one fits a long until
     * 4892.
     */
    private static final long WITH_EVENT = 10_000_000_000_000_000L;

    public Outcome(Instant at, Kind kind) {
      this(at, kind, OptionalInt.empty());
    }

    /** The agent failed at this event; another one may fare better. */
    public static Outcome failedAt(EventId event, Instant at) {
      return new Outcome(
          at, Kind.FAILED, OptionalInt.of(Math.floorMod(event.value().hashCode(), EVENTS)));
    }

    static Outcome of(AttributeValue value) {
      long number = Long.parseLong(value.n());
      Kind kind = Kind.of(number % KINDS);
      long rest = number / KINDS;
      return number < WITH_EVENT
          ? new Outcome(Instant.ofEpochMilli(rest), kind)
          : new Outcome(
              Instant.ofEpochMilli(rest / EVENTS), kind, OptionalInt.of((int) (rest % EVENTS)));
    }

    AttributeValue value() {
      long millis = at.toEpochMilli();
      return Change.value(
          (event.isPresent() ? millis * EVENTS + event.getAsInt() : millis) * KINDS + kind.digit);
    }
  }

  /**
   * @param since when it tripped
   * @param until when the next probe may be made
   * @param time how long this opening lasts
   * @param probeUntil until when someone else's probe holds it, by the wall's clock
   */
  public record Open(Instant since, Instant until, Duration time, Optional<Instant> probeUntil) {}

  public static Circuit of(HealthRow row) {
    return new Circuit(
        row.list(Attribute.OUTCOMES).stream().map(Outcome::of).toList(),
        row.instant(Attribute.OPEN_UNTIL)
            .map(
                until ->
                    new Open(
                        row.instant(Attribute.OPENED_AT).orElse(until),
                        until,
                        row.duration(Attribute.OPEN_MILLIS),
                        row.instant(Attribute.PROBE_UNTIL))),
        row.instant(Attribute.CLOSED_AT),
        row.slots());
  }

  /**
   * Whether of the last {@code of} attempts, none longer ago than {@code within}, as many failed as
   * trip it. An event that the agent fails at counts once, however often it comes.
   */
  boolean trips(BreakerPolicy limits, Instant now) {
    Instant oldest = now.minus(limits.window());
    Set<Integer> events = new HashSet<>();
    return lastOutcomes(limits.windowSize()).stream()
            .filter(outcome -> outcome.kind() == Kind.FAILED && !outcome.at().isBefore(oldest))
            .filter(failed -> failed.event().isEmpty() || events.add(failed.event().getAsInt()))
            .count()
        >= limits.failureThreshold();
  }

  /** Attempts that are under way; one whose function died counts until its slot runs out. */
  public long countInFlight(Instant wall) {
    return slots.values().stream().filter(until -> until.isAfter(wall)).count();
  }

  List<Integer> freeSlots(int bound, Instant wall) {
    return IntStream.range(0, bound)
        .filter(slot -> !slots.getOrDefault(slot, Instant.MIN).isAfter(wall))
        .boxed()
        .toList();
  }

  /** It answers, and so late that it holds more of the relay than others do. */
  public boolean isSlow(Instant now) {
    Instant oldest = now.minus(SLOW_WINDOW);
    List<Outcome> recent =
        lastOutcomes(SLOW_SAMPLE_SIZE).stream()
            .filter(outcome -> !outcome.at().isBefore(oldest))
            .toList();
    long slow = recent.stream().filter(outcome -> outcome.kind() == Kind.SLOW).count();
    return slow >= MIN_SLOW && slow * 2 >= recent.size();
  }

  /** Whether nothing speaks against it: the last attempt that is known of was answered. */
  boolean isWell() {
    return open.isEmpty()
        && (outcomes.isEmpty()
            || outcomes.getLast().kind() == Kind.ANSWERED
            || outcomes.getLast().kind() == Kind.SLOW);
  }

  List<Outcome> lastOutcomes(int most) {
    return outcomes.subList(Math.max(0, outcomes.size() - most), outcomes.size());
  }
}

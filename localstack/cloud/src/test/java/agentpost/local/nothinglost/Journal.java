package agentpost.local.nothinglost;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What happened in a run: how often what, every step in words if that is asked for, and the first
 * thing that must not happen.
 */
final class Journal {
  /** What must not happen. */
  enum Wrong {
    /**
     * An event is nowhere: not acted on, not in retry, not in the queue and not discarded on
     * purpose.
     */
    LOST,
    /** An agent has acted and said so, and what it answers with is not on the bus. */
    ANSWER_LOST,
    /** An agent acts while an earlier act on the same event goes on, or stands. */
    ACTED_TWICE,
    /**
     * There are more deliveries and letters of an event than EventBridge made, or an answer under
     * two ids.
     */
    MULTIPLIED,
    /** A process ended as it should, and keeps others from a letter or an event. */
    HELD_BY_NOBODY,
    /** Who has no secret has left something behind. */
    FORGED,
    /**
     * All is well again, and an event that could be delivered is not, or one that is acted on lies
     * in the queue.
     */
    NOT_SETTLED,
    /** Something ended by an exception that nobody expects. */
    BROKEN
  }

  record Violation(Wrong what, String why) {}

  private static final int MAX_LINE_LENGTH = 240;

  private final boolean told;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private Optional<Violation> violation = Optional.empty();

  /**
   * @param told whether every step is put into words, which takes longer than the steps
   */
  Journal(boolean told) {
    this.told = told;
  }

  void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  void count(String what, int times) {
    counts.merge(what, times, Integer::sum);
  }

  void tell(Instant now, Supplier<String> what) {
    if (told) {
      Duration passed = Duration.between(Simulation.START, now);
      String line =
          "+%dd %02d:%02d:%02d.%03d  %s"
              .formatted(
                  passed.toDays(),
                  passed.toHoursPart(),
                  passed.toMinutesPart(),
                  passed.toSecondsPart(),
                  passed.toMillisPart(),
                  what.get());
      lines.add(line.length() > MAX_LINE_LENGTH ? line.substring(0, MAX_LINE_LENGTH) + "…" : line);
    }
  }

  /** Only the first counts: what comes after it may come of it. */
  void violated(Instant now, Wrong what, String why) {
    if (violation.isEmpty()) {
      violation = Optional.of(new Violation(what, why));
      tell(now, () -> "!!! " + what + ": " + why);
    }
  }

  Optional<Violation> violation() {
    return violation;
  }

  Map<String, Integer> counts() {
    return counts;
  }

  List<String> lines() {
    return lines;
  }
}

package agentpost.cli.console;

import agentpost.local.eventbridge.delivery.DeliveryListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** How often and how fast agents answered lately, by rule. */
final class AnswerTimes implements DeliveryListener {
  /** Of each rule's last answers. */
  private static final int MAX_ANSWERS = 500;

  private static final Duration RATE_WINDOW = Duration.ofMinutes(1);

  private final Supplier<Instant> now;
  private final Map<String, ArrayDeque<Answer>> answers = new HashMap<>();

  private record Answer(Instant at, Duration took) {}

  /**
   * @param count how many answers the times are of
   * @param lastMinute how many of them came within the last minute
   */
  record Summary(int count, int lastMinute, Duration median, Duration p95) {}

  AnswerTimes(Supplier<Instant> now) {
    this.now = now;
  }

  @Override
  public synchronized void onEvent(DeliveryEvent event) {
    if (event instanceof DeliveryEvent.AttemptMade made && made.status().isPresent()) {
      ArrayDeque<Answer> last = answers.computeIfAbsent(made.rule(), _ -> new ArrayDeque<>());
      last.addLast(new Answer(now.get(), made.took()));
      if (last.size() > MAX_ANSWERS) {
        last.removeFirst();
      }
    }
  }

  /** Nothing of a rule that has no answer yet. */
  synchronized Optional<Summary> of(String rule) {
    ArrayDeque<Answer> last = answers.get(rule);
    if (last == null) {
      return Optional.empty();
    }
    Instant from = now.get().minus(RATE_WINDOW);
    List<Duration> sorted = last.stream().map(Answer::took).sorted().toList();
    return Optional.of(
        new Summary(
            sorted.size(),
            (int) last.stream().filter(answer -> answer.at().isAfter(from)).count(),
            percentile(sorted, 50),
            percentile(sorted, 95)));
  }

  /** The least that so many of a hundred do not exceed. */
  private static Duration percentile(List<Duration> sorted, int percent) {
    return sorted.get((sorted.size() * percent + 99) / 100 - 1);
  }
}

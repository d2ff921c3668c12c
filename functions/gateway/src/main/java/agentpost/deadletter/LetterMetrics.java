package agentpost.deadletter;

import agentpost.catalog.AgentName;
import agentpost.metrics.MetricLine;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What alarms look at, as lines of CloudWatch's Embedded Metric Format, one an agent and a run, and
 * one of the run itself. An agent that is well has no line: a metric is paid for in the hours in
 * which it has a value, and an alarm takes a missing one for good news.
 */
final class LetterMetrics {
  private final String bus;
  private final Clock clock;
  private final Consumer<String> log;

  LetterMetrics(String bus, Clock clock, Consumer<String> log) {
    this.bus = bus;
    this.clock = clock;
    this.log = log;
  }

  /** A run has come to its end. Its absence is an alarm: whoever does not run reports nothing. */
  void countRun() {
    log.accept(
        new MetricLine(clock.instant(), new TreeMap<>(Map.of("Bus", bus)))
            .metric("RecoveryHeartbeat", 1, "Count")
            .text());
  }

  /**
   * What is wrong with an agent.
   *
   * @param stuck letters that will not go out by themselves
   * @param stopped nothing is delivered to it; an external agent
   * @param slow it answers so late that it holds more of the relay than others do
   * @param inFlight attempts under way, once they are half of its bound
   */
  record Trouble(
      int stuck, boolean circuitOpen, boolean stopped, boolean slow, OptionalLong inFlight) {
    private boolean isNone() {
      return stuck == 0 && !circuitOpen && !stopped && !slow && inFlight.isEmpty();
    }
  }

  void measure(AgentName agent, Trouble trouble) {
    if (trouble.isNone()) {
      return;
    }
    SequencedMap<String, String> dimensions = new LinkedHashMap<>();
    dimensions.put("Bus", bus);
    dimensions.put("Agent", agent.value());
    MetricLine line =
        MetricLine.withoutTotals(clock.instant(), dimensions)
            .metric("DlqNotDraining", trouble.stuck(), "Count")
            .metric("CircuitOpen", trouble.circuitOpen() ? 1 : 0, "Count");
    if (trouble.stopped()) {
      line.metric("DeliveriesStopped", 1, "Count");
    }
    if (trouble.slow()) {
      line.metric("AgentSlow", 1, "Count");
    }
    trouble.inFlight().ifPresent(attempts -> line.metric("InFlight", attempts, "Count"));
    log.accept(line.text());
  }
}

package agentpost.bench;

import agentpost.catalog.BreakerPolicy;
import agentpost.catalog.RecoveryPolicy;
import agentpost.local.outage.OutageResult;
import agentpost.local.outage.OutageScenario;
import agentpost.local.outage.OutageSimulation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.knowm.xchart.style.Styler;

/**
 * {@code ./agentpost bench outage}: an hour's outage of one agent, which gets a tenth of 1,000
 * events a second, in virtual time. One event stands for twenty.
 */
final class OutageBench {
  private static final int ARRIVALS = 100;
  private static final int EVENTS_AS_ONE = 20;
  private static final long SEED = 7;
  private static final Set<String> PLOTTED =
      Set.of("defaults", "rate 150", "maxOpenDuration 1m", "maxAge 15m");

  private static final Duration MAX_TIME = Duration.ofHours(7);
  private static final Duration PLOTTED_TIME = Duration.ofHours(5);

  private OutageBench() {}

  private static Map<String, OutageScenario> scenarios() {
    OutageScenario defaults =
        OutageScenario.withDefaults(ARRIVALS, Duration.ofHours(1)).within(MAX_TIME);
    OutageScenario young = defaults.withMaxAge(Duration.ofMinutes(15));
    Map<String, OutageScenario> scenarios = new LinkedHashMap<>();
    scenarios.put("defaults", defaults);
    scenarios.put("rate 150", defaults.withRate(150));
    scenarios.put("rate 120", defaults.withRate(120));
    scenarios.put("breaker off", defaults.withBreaker(Optional.empty()));
    scenarios.put("maxOpenDuration 1m", defaults.withBreaker(open(Duration.ofMinutes(1))));
    scenarios.put("maxOpenDuration 30m", defaults.withBreaker(open(Duration.ofMinutes(30))));
    scenarios.put("maxAge 15m", young);
    scenarios.put(
        "maxAge 15m, maxBackoff 1m",
        young.withRecovery(
            Optional.of(new RecoveryPolicy(Duration.ofMinutes(1), Duration.ofMinutes(1)))));
    return scenarios;
  }

  private static Optional<BreakerPolicy> open(Duration most) {
    BreakerPolicy usual = BreakerPolicy.DEFAULT;
    return Optional.of(
        new BreakerPolicy(
            usual.failureThreshold(),
            usual.windowSize(),
            usual.window(),
            usual.openDuration(),
            most));
  }

  static void run(Path folder) throws IOException {
    Figures figures = new Figures();
    List<Plot.Line> lines = new ArrayList<>();
    for (Map.Entry<String, OutageScenario> one : scenarios().entrySet()) {
      OutageResult result = OutageSimulation.run(one.getValue().scaled(EVENTS_AS_ONE), SEED);
      System.err.println("simulated: " + one.getKey());
      figures.add(
          Figures.row(
              "settings", one.getKey(),
              "most waiting", result.mostWaiting() * EVENTS_AS_ONE,
              "oldest, min", minutes(result.oldest()),
              "caught up after, min",
                  result.caughtUp().<Object>map(OutageBench::minutes).orElse("not in 6 h"),
              "relay runs", result.runs() * EVENTS_AS_ONE,
              "calls while down", result.inVain(),
              "letters", result.letters() * EVENTS_AS_ONE));
      if (PLOTTED.contains(one.getKey())) {
        lines.add(line(one.getKey(), result));
      }
    }
    System.out.println(figures.toMarkdown());
    figures.write(folder.resolve("outage.json"));
    Plot.lines(
        "An hour's outage at 100 events/s",
        "minutes since it began",
        "events waiting",
        Styler.LegendPosition.InsideNE,
        lines,
        folder.resolve("outage"));
  }

  private static double minutes(Duration time) {
    return time.toSeconds() / 60.0;
  }

  /** Every six minutes, until there is no more to see. */
  private static Plot.Line line(String name, OutageResult result) {
    List<OutageResult.Sample> samples =
        result.samples().stream()
            .filter(sample -> sample.at().compareTo(PLOTTED_TIME) < 0)
            .filter(sample -> sample.at().toMinutes() % 6 == 0)
            .toList();
    return new Plot.Line(
        name,
        samples.stream().map(sample -> minutes(sample.at())).toList(),
        samples.stream().map(sample -> (double) sample.waiting() * EVENTS_AS_ONE).toList());
  }
}

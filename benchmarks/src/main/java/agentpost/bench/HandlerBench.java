package agentpost.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./agentpost bench handler}: what a hosted agent does with a webhook, beside other
 * libraries. Every round runs all sides once, each in a JVM of its own, so that what else the
 * machine does meanwhile is shared; ratios are those within a round.
 */
final class HandlerBench {
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final int[] KIB = {1, 64, 900};
  private static final List<String> SIDES =
      List.of(
          "bareMac",
          "verifyAgentpost",
          "verifyStandardwebhooks",
          "verifySvix",
          "signAgentpost",
          "signStandardwebhooks",
          "signSvix",
          "parse",
          "parseAndValidate",
          "receive");

  private HandlerBench() {}

  static void run(Path folder) throws RunnerException, IOException {
    List<Sample> samples = new ArrayList<>();
    for (int round = 1; round <= ROUNDS; round++) {
      System.err.printf("round %d of %d%n", round, ROUNDS);
      for (String side : SIDES) {
        List<Sample> measured = measure(side, round);
        if (measured.size() != KIB.length) {
          throw new IllegalStateException(side + " failed: run JMH's main to see why");
        }
        samples.addAll(measured);
      }
    }
    Samples all = new Samples(samples);
    System.out.println(all.toMarkdown(SIDES, KIB));
    Files.writeString(folder.resolve("handler.json"), all.toJson());
    Plot.handler(all, KIB, folder.resolve("handler"));
  }

  private static List<Sample> measure(String side, int round) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(HandlerPath.class.getName() + "\\." + side + "$")
                    .forks(1)
                    .jvmArgs("-XX:+UseSerialGC", "-Xmx1g")
                    .warmupIterations(4)
                    .warmupTime(new TimeValue(1500, TimeUnit.MILLISECONDS))
                    .measurementIterations(3)
                    .measurementTime(new TimeValue(700, TimeUnit.MILLISECONDS))
                    .addProfiler(GCProfiler.class)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    return results.stream()
        .map(
            result ->
                new Sample(
                    side,
                    Integer.parseInt(result.getParams().getParam("kib")),
                    round,
                    result.getPrimaryResult().getScore(),
                    result.getSecondaryResults().get("gc.alloc.rate.norm").getScore()))
        .toList();
  }

  /**
   * @param micros an operation
   * @param bytes allocated by an operation
   */
  record Sample(String side, int kib, int round, double micros, double bytes) {}

  /** What was measured, by side and size. */
  record Samples(List<Sample> all) {
    private List<Sample> of(String side, int kib) {
      return all.stream().filter(s -> s.side().equals(side) && s.kib() == kib).toList();
    }

    double micros(String side, int kib) {
      return median(of(side, kib).stream().map(Sample::micros).toList());
    }

    private static double median(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      return sorted.get(sorted.size() / 2);
    }

    /** How many times as long as another in the same round: median, least and most. */
    private String ratio(String side, String other, int kib) {
      Map<Integer, Double> others = new LinkedHashMap<>();
      of(other, kib).forEach(sample -> others.put(sample.round(), sample.micros()));
      List<Double> ratios =
          of(side, kib).stream()
              .map(sample -> sample.micros() / others.getOrDefault(sample.round(), Double.NaN))
              .sorted()
              .toList();
      return "%.2f (%.2f–%.2f)".formatted(median(ratios), ratios.getFirst(), ratios.getLast());
    }

    String toMarkdown(List<String> sides, int... sizes) {
      StringBuilder table =
          new StringBuilder(
              "| size | what | µs | × the bare MAC | bytes allocated |\n|---|---|---|---|---|\n");
      for (int kib : sizes) {
        for (String side : sides) {
          table.append(
              "| %d KiB | %s | %.2f | %s | %,.0f |%n"
                  .formatted(
                      kib,
                      side,
                      micros(side, kib),
                      ratio(side, "bareMac", kib),
                      median(of(side, kib).stream().map(Sample::bytes).toList())));
        }
        for (String peer : List.of("Standardwebhooks", "Svix")) {
          table.append(
              "| %d KiB | verify%s ÷ verifyAgentpost | | %s | |%n"
                  .formatted(kib, peer, ratio("verify" + peer, "verifyAgentpost", kib)));
        }
      }
      return table.toString();
    }

    String toJson() {
      return all.stream()
          .map(
              s ->
                  "{\"side\":\"%s\",\"kib\":%d,\"round\":%d,\"micros\":%s,\"bytes\":%s}"
                      .formatted(s.side(), s.kib(), s.round(), s.micros(), s.bytes()))
          .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }
  }
}

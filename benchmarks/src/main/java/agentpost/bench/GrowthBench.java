package agentpost.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.style.Styler;

/**
 * {@code ./agentpost bench growth}: catalogs of 8 to 300 agents, synthesized and started as {@code
 * ./agentpost local} does, and events that more and more of 300 rules match.
 */
final class GrowthBench {
  private static final int[] AGENTS = {8, 50, 100, 300};

  /** What a catalog may have. */
  private static final int MAX_HOSTED = 288;

  private static final int RULES = 300;
  private static final int[] MATCHING = {4, 30, 300};
  private static final int DELIVERIES = 6_000;

  private final Path home;
  private final Path folder;
  private final Path work;

  private GrowthBench(Path folder) throws IOException {
    this.folder = folder;
    this.home = folder.toAbsolutePath().getParent().getParent();
    this.work = Files.createTempDirectory("growth");
  }

  static void run(Path folder) throws IOException, InterruptedException {
    new GrowthBench(folder).run();
  }

  private void run() throws IOException, InterruptedException {
    Figures figures = new Figures();
    List<Double> synthesis = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    List<Double> start = new ArrayList<>();
    for (int agents : AGENTS) {
      Path catalog = catalog(agents);
      long began = System.nanoTime();
      Path template = synthesize(catalog);
      double seconds = secondsSince(began);
      Templates templates = Templates.in(template);
      try (LocalCloudProcess cloud = LocalCloudProcess.start(home, catalog, work)) {
        figures.add(
            Figures.row(
                "agents", agents,
                "synthesis, s", seconds,
                "stacks", templates.stacks(),
                "resources", templates.resources(),
                "largest stack", templates.largest(),
                "template KB", templates.bytes() / 1000,
                "start, s", cloud.secondsToStart(),
                "MB", cloud.megabytes()));
        synthesis.add(seconds);
        bytes.add(templates.bytes() / 1000.0);
        start.add(cloud.secondsToStart());
        if (agents == AGENTS[AGENTS.length - 1]) {
          match(cloud.endpoint());
        }
      }
      Delete.recursively(template);
    }
    Delete.recursively(work);
    System.out.println(figures.toMarkdown());
    figures.write(folder.resolve("growth.json"));
    List<Double> xs = IntStream.of(AGENTS).mapToObj(agents -> (double) agents).toList();
    Plot.lines(
        "Growth with the catalog, as multiples of 8 agents'",
        "agents",
        "times 8 agents'",
        Styler.LegendPosition.InsideNW,
        List.of(
            new Plot.Line("synthesis", xs, relative(synthesis)),
            new Plot.Line("template", xs, relative(bytes)),
            new Plot.Line("local start", xs, relative(start)),
            new Plot.Line("linear", xs, relative(xs))),
        folder.resolve("growth"));
  }

  private static List<Double> relative(List<Double> values) {
    return values.stream().map(value -> value / values.getFirst()).toList();
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private Path catalog(int agents) throws IOException {
    StringBuilder catalog =
        new StringBuilder("email: {from: a@example.com, support: b@example.com}\nagents:\n");
    for (int i = 0; i < agents; i++) {
      catalog
          .append("  agent-" + i + ": {subscribes: [user.signed_up], ")
          .append(
              i < MAX_HOSTED
                  ? "hosted: {handler: agentpost.onboarding.TrialMonitorHandler,"
                      + " uses: [email, state, schedule, cancel]}}\n"
                  : "external: {url: https://agents.example.com/" + i + "}}\n");
    }
    return Files.writeString(work.resolve("agents-" + agents + ".yaml"), catalog);
  }

  /** The folder of the template. */
  private Path synthesize(Path catalog) throws IOException, InterruptedException {
    ProcessBuilder command = new ProcessBuilder(home.resolve("agentpost").toString(), "synth");
    command.environment().put("AGENTPOST_CATALOG", catalog.toString());
    command.environment().put("AGENTPOST_NO_BUILD", "1");
    // As for a local cloud; CDK's rules are held by synth and deploy.
    command.environment().put("CDK_VALIDATION", "false");
    Path output = work.resolve("synth.out");
    Process process =
        command
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroy();
      throw new IllegalStateException("synth of " + catalog + " failed");
    }
    return Path.of(Files.readString(output).strip());
  }

  /**
   * @param largest resources of the stack that has most
   */
  private record Templates(int stacks, int resources, int largest, long bytes) {
    static Templates in(Path folder) throws IOException {
      JsonMapper json = new JsonMapper();
      int stacks = 0;
      int resources = 0;
      int largest = 0;
      long bytes = 0;
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(Templates::isTemplate).toList()) {
          JsonNode template = json.readTree(file.toFile());
          stacks++;
          resources += template.path("Resources").size();
          largest = Math.max(largest, template.path("Resources").size());
          bytes += Files.size(file);
        }
      }
      return new Templates(stacks, resources, largest, bytes);
    }

    private static boolean isTemplate(Path file) {
      return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith("template.json");
    }
  }

  private void match(URI endpoint) throws IOException, InterruptedException {
    Figures figures = new Figures();
    try (MatchingLoad load = new MatchingLoad(endpoint, RULES, MATCHING)) {
      // The first are slow, whatever they match.
      load.run(MATCHING[0], DELIVERIES / MATCHING[0]);
      for (int matching : MATCHING) {
        int events = DELIVERIES / matching;
        double seconds = load.run(matching, events);
        figures.add(
            Figures.row(
                "rules that match", matching,
                "ms an event", seconds * 1000 / events,
                "ms a delivery", seconds * 1000 / DELIVERIES));
      }
    }
    System.out.println(figures.toMarkdown());
    figures.write(folder.resolve("growth-rules.json"));
  }
}

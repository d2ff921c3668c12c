package agentpost.cli.demo;

import agentpost.cli.project.CdkOut;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code agentpost demo leads}: two leads, on a day on which two functions are down for a while.
 */
@Command(
    name = "leads",
    mixinStandardHelpOptions = true,
    description =
        "Follows two leads through a local cloud: qualification, questions, a demo booked by a"
            + " processor that calls back, and a booking that misses its deadline. Takes about a"
            + " minute. Exit code 0: everything was observed; 1: something was missing, and the"
            + " output says what.",
    footer = {"", "Example:", "  ./agentpost demo leads"})
final class DemoLeadsCommand implements Callable<Integer> {
  /** A booking has two hours, so 15 seconds; an answer has one. */
  static final int TIME_SCALE = 480;

  private static final List<String> WATCHED_SENDERS =
      List.of(
          "agents/lead-qualification",
          "agents/scheduling-agent",
          "agents/follow-up-agent",
          "agents/metrics-agent",
          "processors/calendar");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    LabelledLines screen = new LabelledLines(spec.commandLine().getOut());
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, TIME_SCALE, 1))) {
      CdkOut.deployTo(cloud, WATCHED_SENDERS);
      screen.say(
          "bold",
          "local cloud",
          "ready on " + cloud.endpoint() + "; an hour takes " + 3600.0 / TIME_SCALE + " seconds");
      Path examples =
          Path.of(System.getProperty("agentpost.home", "."))
              .resolve("events-schemas/lead.captured/examples");
      DemoEvent asked =
          DemoEvent.lead(examples.resolve("without-time-zone.json"), "demo-lead-1", Instant.now());
      DemoEvent late =
          DemoEvent.lead(examples.resolve("fair-in-berlin.json"), "demo-lead-2", Instant.now());
      List<String> missing = new LeadsRun(cloud, screen).run(asked, late);
      missing.forEach(what -> screen.say("red", "missing", what));
      return missing.isEmpty() ? 0 : 1;
    }
  }
}

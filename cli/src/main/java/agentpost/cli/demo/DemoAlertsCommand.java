package agentpost.cli.demo;

import agentpost.cli.project.CdkOut;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code agentpost demo alerts}: trouble of three kinds, a storm of it, and an aggregator that is
 * down for a while.
 */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description =
        "Follows an alarm, a finding and an application's errors through a local cloud: grouping,"
            + " analysis, reminders and resolution. The aggregator is down for a while, and nothing"
            + " is lost. Takes about two minutes. Exit code 0: everything was observed; 1:"
            + " something was missing, and the output says what.",
    footer = {"", "Example:", "  ./agentpost demo alerts"})
final class DemoAlertsCommand implements Callable<Integer> {
  /**
   * A window has ten minutes, so five seconds; the first reminder comes after an hour, so half a
   * minute.
   */
  static final int TIME_SCALE = 120;

  private static final List<String> WATCHED_SENDERS =
      List.of("agents/alert-aggregator", "agents/security-analyst", "sources/app-errors");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    LabelledLines screen = new LabelledLines(spec.commandLine().getOut());
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, TIME_SCALE, 1))) {
      CdkOut.deployTo(cloud, WATCHED_SENDERS);
      screen.say(
          "bold",
          "local cloud",
          "ready on " + cloud.endpoint() + "; an hour takes " + 3600 / TIME_SCALE + " seconds");
      Path examples = Path.of(System.getProperty("agentpost.home", ".")).resolve("docs/examples");
      List<String> missing = new AlertsRun(cloud, screen, examples).run();
      missing.forEach(what -> screen.say("red", "missing", what));
      return missing.isEmpty() ? 0 : 1;
    }
  }
}

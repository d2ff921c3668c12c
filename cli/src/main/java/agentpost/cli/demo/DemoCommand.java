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

/** {@code agentpost demo}: one event through the whole system, seen line by line. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    subcommands = {DemoLeadsCommand.class, DemoAlertsCommand.class},
    description =
        "Sends one event through a local cloud and shows what happens to it. Exit code 0:"
            + " everything was observed; 1: something was missing, and the output says what.",
    footer = {"", "Example:", "  ./agentpost demo"})
public final class DemoCommand implements Callable<Integer> {
  /** Fast enough that the agent that is down runs out of attempts while one watches. */
  private static final int TIME_SCALE = 10;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    LabelledLines screen = new LabelledLines(spec.commandLine().getOut());
    DemoEvent event = DemoEvent.read(examples().resolve("put-events.json"), Instant.now());
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, TIME_SCALE, 1))) {
      CdkOut.deployTo(cloud, DemoStory.WATCHED_SENDERS);
      screen.say(
          "bold",
          "local cloud",
          "ready on "
              + cloud.endpoint()
              + "; waits between attempts pass "
              + TIME_SCALE
              + " times as fast");
      List<String> missing = new DemoRun(cloud, screen).run(event);
      missing.forEach(what -> screen.say("red", "missing", what));
      return missing.isEmpty() ? 0 : 1;
    }
  }

  private static Path examples() {
    return Path.of(System.getProperty("agentpost.home", "."))
        .resolve("events-schemas/user.signed_up/examples");
  }
}

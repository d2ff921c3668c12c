package agentpost.cli;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost demo}: one event through the whole system, seen line by line. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Sends one event through a local cloud and shows what becomes of it; exits 0 only if all of it was seen.",
    footer = {"", "Example:", "  ./agentpost demo"})
final class DemoCommand implements Callable<Integer> {
  /** Fast enough that the agent that is down runs out of attempts while one watches. */
  private static final double TIME_SCALE = 10;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path home = Path.of(System.getProperty("agentpost.home", "."));
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, TIME_SCALE, 1))) {
      cloud.deploy(CdkOut.directory());
      out.println(Ansi.AUTO.string("@|bold local cloud|@ ready on " + cloud.endpoint()));
      DemoRun run = new DemoRun(cloud, out);
      List<String> missing = run.run(home.resolve("events-schemas/user.signed_up/examples/put-events.json"));
      missing.forEach(what -> out.println(Ansi.AUTO.string("@|red missing|@ " + what)));
      out.flush();
      return missing.isEmpty() ? 0 : 1;
    }
  }
}

package agentpost.cli;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost local}: the local cloud, until it is stopped. */
@Command(
    name = "local",
    mixinStandardHelpOptions = true,
    description = "Runs the template in a local cloud until Ctrl-C.",
    footer = {"", "Example:", "  ./agentpost local --port 4566 --time-scale 60"})
final class LocalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--port", defaultValue = "4566", paramLabel = "PORT", description = "The port on localhost; ${DEFAULT-VALUE} unless given, 0 for a free one.")
  private int port;

  @Option(
      names = "--time-scale",
      defaultValue = "1",
      paramLabel = "N",
      description = "How many times faster retries, ages and schedules go; 600 makes an hour six seconds.")
  private double timeScale;

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--port': it must be from 0 to 65535; got " + port);
    }
    if (!(timeScale >= 1 && timeScale <= 1_000_000)) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--time-scale': it must be from 1 to 1000000; got " + timeScale);
    }
    PrintWriter out = spec.commandLine().getOut();
    LocalCloud cloud = started();
    cloud.deploy(CdkOut.directory());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(cloud, out, stopped)));
    out.println("ready: " + cloud.endpoint() + "  (time scale " + timeScale + "; Ctrl-C stops it)");
    cloud.outputs().forEach((stack, outputs) -> outputs.forEach((key, value) -> out.println("  " + key + " = " + value)));
    out.flush();
    stopped.await();
    return 0;
  }

  private LocalCloud started() throws Exception {
    try {
      return LocalCloud.start(new LocalCloudOptions(port, timeScale, System.nanoTime()));
    } catch (IOException e) {
      throw new CommandFailure("port " + port + " is taken by another process; stop it, or choose another with --port (" + e.getMessage() + ")");
    }
  }

  private static void stop(LocalCloud cloud, PrintWriter out, CountDownLatch stopped) {
    cloud.inFlight().forEach(delivery -> out.println("was in flight: " + delivery));
    cloud.close();
    out.println("stopped");
    out.flush();
    stopped.countDown();
  }
}

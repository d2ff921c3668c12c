package agentpost.cli.local;

import agentpost.cli.console.Console;
import agentpost.cli.project.CdkOut;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.PlainWriter;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.lambda.FunctionCode;
import agentpost.local.scheduler.ScheduleRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.BindException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost local}: the local cloud, until it is stopped. */
@Command(
    name = "local",
    mixinStandardHelpOptions = true,
    description = "Runs the template in a local cloud until Ctrl-C. Shows a line a delivery.",
    footer = {
      "",
      "Example:",
      "  ./agentpost local --port 4566 --time-scale 60",
      "  ./agentpost local --isolated"
    })
public final class LocalCommand implements Callable<Integer> {
  /** A name or an address, without a scheme, a port or a path. */
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?|\\[?[0-9A-Fa-f:.]+]?");

  /** At which an hour is as long as a one-time schedule waits for what is under way. */
  private static final double MAX_SCALE_FOR_HOURS = 3600.0 / ScheduleRunner.MAX_HOLD.toSeconds();

  @Spec private CommandSpec spec;

  @Option(
      names = "--port",
      defaultValue = "4566",
      paramLabel = "PORT",
      description = "The port on localhost (default: ${DEFAULT-VALUE}); 0 takes a free one.")
  private int port;

  @Option(
      names = "--time-scale",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Speeds up retries, ages and schedules; 60 turns an hour into a minute. Above 360,"
              + " agents may miss deadlines of an hour.")
  private double timeScale;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seeds the jitter between attempts: the same events with the same seed wait equally long."
              + " Random by default.")
  private @Nullable Long seed;

  @Option(
      names = "--strict",
      description =
          "Refuses what AWS would refuse for lack of permission: targets without the role they"
              + " need, queues without a policy that lets EventBridge send.")
  private boolean strict;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      paramLabel = "ADDRESS",
      description =
          "An address of this machine to listen on besides loopback, or 0.0.0.0 for all (default:"
              + " loopback only). There is no password.")
  private String host;

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description =
          "Another name that clients may use besides localhost and addresses, such as a tunnel's or"
              + " a container's; repeatable.")
  private Set<String> names = Set.of();

  @Option(
      names = "--isolated",
      description = {
        "Runs each function from its zip in its own processes, under AWS's Java runtime interface"
            + " client, with the template's memory and timeout, and shows cold starts. Linux only;"
            + " see docs/runtime.md."
      })
  private boolean isolated;

  @Option(
      names = "--open",
      description = "Opens the console, which the link that is printed leads to, in a browser.")
  private boolean open;

  @Option(names = "--quiet", description = "Does not show deliveries; failures of functions only.")
  private boolean quiet;

  @Option(names = "--logs", description = "Shows every line that functions log, too.")
  private boolean logs;

  @Option(
      names = "--route",
      paramLabel = "NAME=PORT",
      description =
          "Sends requests for https://NAME/ (an external agent's or a callback's) to this port on"
              + " localhost, without TLS; repeatable.")
  private Map<String, Integer> routes = new TreeMap<>();

  @Option(
      names = "--allow-internet",
      paramLabel = "HOST",
      arity = "1..*",
      split = ",",
      description = {
        "Hosts that may really be called. Nothing else leaves this machine, not even a DNS query: a"
            + " stand-in replaces every other external agent, answers its challenge and shows the"
            + " requests it got (/_agentpost/stand-ins)."
      })
  private Set<String> allowed = Set.of();

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--port': it must be from 0 to 65535");
    }
    if (!(timeScale >= 1 && timeScale <= 1_000_000)) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--time-scale': it must be from 1 to 1000000");
    }
    if (isolated && !routes.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--route redirects functions of this process, and --isolated runs them in other"
              + " processes: use one of the two");
    }
    for (String one : allowed) {
      if (!HOST.matcher(one).matches()) {
        throw new ParameterException(
            spec.commandLine(),
            "Invalid value for option '--allow-internet': '"
                + one
                + "' is not a host; it must be a name or an address, like api.example.com");
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    CountDownLatch stopped = new CountDownLatch(1);
    LocalCloud cloud = startCloud();
    Console console = Console.open(cloud);
    StandInLines standIns = new StandInLines(out);
    cloud.listenToStandIns(standIns::show);
    Optional<DeliveryLines> lines =
        quiet ? Optional.empty() : Optional.of(DeliveryLines.start(out));
    lines.ifPresent(cloud::listen);
    if (logs) {
      cloud.listenToLogs(
          (function, line) -> {
            out.println(PlainWriter.line(function + "  " + line));
            out.flush();
          });
    } else {
      cloud.listenToLogs(new FunctionFailures(out));
    }
    Optional<RunFolder> run = RunFolder.ofLauncher();
    // Told of, if it is edited while the cloud starts.
    Runnable watcher =
        run.isPresent()
            ? new SourceWatcher(
                cloud, out, run.get(), isolated, "1".equals(System.getenv("AGENTPOST_NO_BUILD")))
            : () -> {};
    Thread watch = Thread.ofVirtual().name("source-watch").unstarted(watcher);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  console.close();
                  lines.ifPresent(DeliveryLines::close);
                  new LocalShutdown(cloud, watch, out).run();
                  run.ifPresent(RunFolder::close);
                  stopped.countDown();
                }));
    if (isolated && !logs) {
      cloud.listenToLogs((function, line) -> show(out, function, line));
    }
    if (run.isPresent() && run.get().project().isOwn() && !isolated) {
      // This process has no class of theirs.
      FunctionCode own = run.get().functions(false);
      cloud.reload(own, own);
    }
    run.ifPresent(each -> UnloadedExtensions.lines(each.project()).forEach(out::println));
    CdkOut.deployTo(cloud);
    OldGenerationCollector.start();
    if (!new ListenAddress(host).isLoopback()) {
      out.println(
          "listens on "
              + host
              + ": anyone who reaches this machine can read and do everything in it; there is no"
              + " password");
    }
    out.println(
        "ready: "
            + cloud.endpoint()
            + "  (time scale "
            + BigDecimal.valueOf(timeScale).stripTrailingZeros().toPlainString()
            + "; Ctrl-C stops it)");
    out.println("console: " + console.url());
    if (timeScale > MAX_SCALE_FOR_HOURS) {
      out.println(
          "  at this scale an hour is "
              + String.format(Locale.ROOT, "%.1f", 3600 / timeScale)
              + " s, less than two attempts may take: deadlines of hours may pass before agents"
              + " finish; see docs/local-cloud.md");
    }
    cloud
        .outputs()
        .forEach(
            (_, outputs) ->
                outputs.forEach((key, value) -> out.println("  " + key + " = " + value)));
    cloud
        .inertResources()
        .forEach(
            (type, names) ->
                out.println(
                    "  declared only, nothing here acts on it: "
                        + type
                        + " ("
                        + (names.size() > 3
                            ? names.size() + ", named by /_agentpost/health"
                            : String.join(", ", names))
                        + ")"));
    out.flush();
    watch.start();
    if (open && !Browser.open(console.url())) {
      out.println("  no browser could be started here; open the link yourself");
      out.flush();
    }
    stopped.await();
    return 0;
  }

  private LocalCloud startCloud() throws Exception {
    try {
      return LocalCloud.start(
          new LocalCloudOptions(port, timeScale, seed == null ? System.nanoTime() : seed)
              .withStrict(strict)
              .withHost(host, names)
              .withIsolated(isolated)
              .withRoutes(routes)
              .withAllowed(allowed));
    } catch (UnsupportedOperationException e) {
      throw new CommandFailure("functions cannot be isolated here: " + e.getMessage());
    } catch (IOException e) {
      if (!new ListenAddress(host).isOfThisMachine()) {
        throw new CommandFailure(
            host + " is not an address of this machine; --host 0.0.0.0 listens on all it has");
      }
      if (e.getCause() instanceof BindException) {
        throw new CommandFailure(
            "port "
                + port
                + " is taken by another process; stop that one, or choose another port with --port"
                + " (--port 0 takes a free one)");
      }
      throw e;
    }
  }

  /** What Lambda says of a process's beginning, its first invocation, and what ended badly. */
  private static void show(PrintWriter out, String function, String line) {
    if (line.startsWith("INIT_")
        || (line.startsWith("REPORT ")
            && (line.contains("Init Duration: ") || line.contains("Status: ")))) {
      out.println(function + "  " + line.replace('\t', ' '));
      out.flush();
    }
  }
}

package agentpost.local.isolated;

import agentpost.local.egress.Egress;
import agentpost.local.lambda.FunctionCode;
import agentpost.local.lambda.FunctionSettings;
import agentpost.local.lambda.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/** Functions in processes of their own, under AWS's Java runtime interface client: ADR 21. */
public final class IsolatedSandboxes implements Sandboxes {
  /**
   * Of one function that reserves no concurrency; what is beyond waits. Lambda would start a
   * thousand, each on a machine of its own.
   */
  private static final int MAX_ENVIRONMENTS = 10;

  /** Lambda says no number; five to fifteen minutes is what is seen. */
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);

  /**
   * SnapStart's, for all functions: on demand it is 10 s, on a machine that does nothing else
   * (Lambda developer guide, "Lambda execution environment").
   */
  private static final Duration INIT_TIMEOUT = Duration.ofSeconds(130);

  private final BiConsumer<String, String> log;
  private final FunctionFiles installed;
  private final EgressProxy wayOut;
  private final Environment.HostSettings place;
  private final Map<String, EnvironmentPool> functions = new ConcurrentHashMap<>();
  private final Thread reaper;

  /**
   * An init keeps a core busy; more of them than cores make each longer, and none ready sooner. In
   * turn, so that agents start while relays do.
   */
  private final Semaphore starts =
      new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()), true);

  private IsolatedSandboxes(
      IntSupplier port, Egress egress, BiConsumer<String, String> log, Duration longestIdle)
      throws IOException, InterruptedException {
    this.log = log;
    this.installed = new FunctionFiles();
    this.wayOut = new EgressProxy(installed.certificates().server(), port, egress);
    this.place =
        new Environment.HostSettings(
            installed, wayOut, "http://localhost:" + port.getAsInt(), INIT_TIMEOUT);
    this.reaper = Thread.ofVirtual().name("idle-environments").start(() -> stopIdle(longestIdle));
  }

  private void stopIdle(Duration longest) {
    try {
      while (true) {
        Thread.sleep(longest.dividedBy(10));
        functions.values().forEach(each -> each.stopIdle(longest));
      }
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @param port of the local cloud, for AWS calls and for the API's https name
   * @param egress what may be called beside it; nobody stands in for the rest
   * @param log takes a function's name and a line
   * @throws UnsupportedOperationException where it cannot be, saying why
   */
  public static IsolatedSandboxes start(
      IntSupplier port, Egress egress, BiConsumer<String, String> log)
      throws IOException, InterruptedException {
    return start(port, egress, log, IDLE_TIMEOUT);
  }

  static IsolatedSandboxes start(
      IntSupplier port, Egress egress, BiConsumer<String, String> log, Duration longestIdle)
      throws IOException, InterruptedException {
    FunctionProcessCommand.requireLinux();
    return new IsolatedSandboxes(port, egress, log, longestIdle);
  }

  @Override
  public Sandboxed of(FunctionSettings function, Optional<FunctionCode> build) {
    Path code =
        build
            .map(FunctionCode::root)
            .or(function::code)
            .filter(Files::exists)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Function "
                            + function.name()
                            + ": its code is not there: "
                            + function.code()));
    int most = function.reserved().orElse(MAX_ENVIRONMENTS);
    EnvironmentPool environments =
        new EnvironmentPool(
            function,
            code,
            place,
            line -> log.accept(function.name(), line),
            starts,
            Math.max(1, Math.min(most, MAX_ENVIRONMENTS)));
    EnvironmentPool before = functions.put(function.name(), environments);
    if (before != null) {
      before.retire();
    }
    return environments;
  }

  /** The processes that are there now, of one function. */
  Set<Long> pids(String function) {
    EnvironmentPool environments = functions.get(function);
    return environments == null ? Set.of() : new TreeSet<>(environments.pids());
  }

  @Override
  public void close() {
    reaper.interrupt();
    List.copyOf(functions.values()).forEach(EnvironmentPool::close);
    wayOut.close();
    installed.close();
  }
}

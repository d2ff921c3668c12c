package agentpost.local.isolated;

import agentpost.catalog.ResourceNames;
import agentpost.local.iam.Authorizer;
import agentpost.local.lambda.FunctionSettings;
import agentpost.local.lambda.LogTail;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One execution environment of a function: a process with its Runtime API, from its init to its
 * end.
 */
final class Environment implements AutoCloseable {
  /** What every environment of this cloud has. */
  record HostSettings(
      FunctionFiles installed, EgressProxy wayOut, String endpoint, Duration longestInit) {}

  /** The pool, which hears of it on threads of its own. */
  interface Pool {
    /** It asks for an invocation; the first time, its init is over. */
    void onReady(Environment environment);

    /**
     * @param failure at init, if that is what it ended in
     */
    void onEnded(Environment environment, Optional<Outcome.Failed> failure);
  }

  private final FunctionSettings function;
  private final Consumer<String> log;
  private final RuntimeApi api;
  private final Process process;
  private final long began = System.nanoTime();
  private final AtomicBoolean cold = new AtomicBoolean(true);
  private final CompletableFuture<Duration> init = new CompletableFuture<>();
  private volatile long idleSince = began;

  /** Of the invocation that is under way, if it is asked for. */
  private volatile Optional<LogTail> tail = Optional.empty();

  Environment(
      FunctionSettings function, Path code, HostSettings place, Consumer<String> log, Pool owner)
      throws IOException {
    this.function = function;
    this.log =
        line -> {
          log.accept(line);
          tail.ifPresent(asked -> asked.add(line));
        };
    String accessKeyId = Authorizer.accessKeyId(function.name());
    String token = UUID.randomUUID().toString();
    log.accept(
        "INIT_START Runtime Version: java:25 (JDK " + Runtime.version() + " of this machine)");
    this.api = new RuntimeApi(accessKeyId, token, () -> onReady(owner));
    Path taskRoot = place.installed().taskRoot(code);
    ProcessBuilder builder =
        new ProcessBuilder(
                FunctionProcessCommand.command(function, place.installed(), place.wayOut()))
            .directory(taskRoot.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            FunctionProcessCommand.environment(
                function, taskRoot, api, token, accessKeyId, place.endpoint()));
    this.process = builder.start();
    Thread.ofVirtual()
        .name("output-of-" + function.name())
        .start(new ProcessOutput(process.getInputStream(), this.log)::read);
    Thread.ofVirtual()
        .name("log-of-" + function.name())
        .start(new ProcessOutput(process.getErrorStream(), this.log)::read);
    init.orTimeout(place.longestInit().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            _ -> {
              process.destroyForcibly();
              return Duration.ZERO;
            });
    Thread.ofVirtual().name("end-of-" + function.name()).start(() -> awaitEnd(owner));
  }

  private void onReady(Pool owner) {
    init.complete(Duration.ofNanos(System.nanoTime() - began));
    idleSince = System.nanoTime();
    owner.onReady(this);
  }

  private void awaitEnd(Pool owner) {
    try {
      onExit(process.waitFor(), owner);
    } catch (InterruptedException e) {
      // Nobody interrupts it.
      Thread.currentThread().interrupt();
    }
  }

  private void onExit(int code, Pool owner) {
    boolean hadInit = init.isDone() && !init.isCompletedExceptionally();
    api.onExit(code);
    if (hadInit) {
      owner.onEnded(this, Optional.empty());
      return;
    }
    Outcome.Failed failure =
        init.isDone()
            ? new Outcome.Failed("Sandbox.Timedout", "its init took too long")
            : api.initError().orElseGet(() -> Outcome.Exited.atInit(code));
    init.completeExceptionally(new IllegalStateException(failure.message()));
    log.accept(
        "INIT_REPORT Init Duration: "
            + (System.nanoTime() - began) / 1_000_000
            + " ms\tPhase: init\tStatus: error\tError Type: "
            + failure.type());
    owner.onEnded(this, Optional.of(failure));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  Duration idleTime() {
    return Duration.ofNanos(System.nanoTime() - idleSince);
  }

  /** One at a time, and only when it asks. */
  Outcome invoke(String event) throws InterruptedException {
    tail = LogTail.current();
    String id = UUID.randomUUID().toString();
    log.accept("START RequestId: " + id + " Version: 1");
    long start = System.nanoTime();
    String arn =
        "arn:aws:lambda:us-east-1:000000000000:function:"
            + function.name()
            + ":"
            + ResourceNames.ALIAS;
    CompletableFuture<Outcome> outcome =
        api.invoke(
            new RuntimeApi.Invocation(id, arn, event, Instant.now().plus(function.timeout())));
    OptionalLong used = OptionalLong.empty();
    Outcome result;
    try {
      result = outcome.get(function.timeout().toMillis(), TimeUnit.MILLISECONDS);
      used = InvocationReport.peak(process.pid());
    } catch (TimeoutException e) {
      used = InvocationReport.peak(process.pid());
      process.destroyForcibly();
      result = new Outcome.TimedOut(id, function.timeout().toMillis() / 1e3);
    } catch (ExecutionException e) {
      throw new IllegalStateException("An outcome is a value", e);
    }
    report(id, Duration.ofNanos(System.nanoTime() - start), used, result);
    return result;
  }

  private void report(String id, Duration took, OptionalLong used, Outcome outcome) {
    Optional<String> status =
        switch (outcome) {
          case Outcome.Answered _ -> Optional.empty();
          case Outcome.Failed(var type, var _) -> Optional.of("error\tError Type: " + type);
          case Outcome.TimedOut timedOut -> {
            log.accept(
                Instant.now()
                    + " "
                    + id
                    + " "
                    + timedOut.message().replaceFirst("^.* Error: ", ""));
            yield Optional.of("timeout");
          }
          case Outcome.Exited exited -> {
            log.accept(exited.message());
            yield Optional.of("error\tError Type: Runtime.ExitError");
          }
        };
    log.accept("END RequestId: " + id);
    Optional<Duration> firstTime =
        cold.getAndSet(false) ? Optional.of(init.join()) : Optional.empty();
    log.accept(
        new InvocationReport(id, took, firstTime, function.memory(), used, status).toString());
  }

  /** Asks it to end, as Lambda does with one that it has no more use for: SIGTERM. */
  void shutDown() {
    process.destroy();
  }

  /** At once. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}

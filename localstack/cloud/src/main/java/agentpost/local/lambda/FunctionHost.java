package agentpost.local.lambda;

import agentpost.catalog.ResourceNames;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The template's functions. As on Lambda, a sandbox of a function serves one invocation at a time,
 * and more are made when more are needed, up to the function's reserved concurrency: beyond that an
 * invocation is throttled.
 */
public final class FunctionHost implements AutoCloseable {
  private record Deployment(
      FunctionSettings settings,
      Sandboxes.Sandboxed function,
      OptionalInt concurrency,
      Semaphore reserved) {
    Deployment with(OptionalInt changed) {
      return new Deployment(
          settings, function, changed, new Semaphore(changed.orElse(Integer.MAX_VALUE)));
    }

    Deployment with(Sandboxes.Sandboxed other) {
      return new Deployment(settings, other, concurrency, reserved);
    }
  }

  /**
   * What became of functions when their code changed.
   *
   * @param functions that run what is new
   * @param kept why others that it concerns run what they ran
   * @param needsRestart whether something changed that they share with the local cloud
   */
  public record Reloaded(List<String> functions, Map<String, String> kept, boolean needsRestart) {
    public Reloaded {
      functions = List.copyOf(functions);
      kept = Map.copyOf(kept);
    }
  }

  /**
   * What every function has: the newest, and the one version and alias that contexts here tell of.
   */
  private static final Set<String> DEFAULT_QUALIFIERS = Set.of("$LATEST", "1", ResourceNames.ALIAS);

  private final Map<String, Deployment> functions = new ConcurrentHashMap<>();

  private final Map<String, Integer> atWork = new ConcurrentHashMap<>();

  /** Of a function's ARN without a qualifier: the template's. */
  private final Map<String, Set<String>> aliases = new ConcurrentHashMap<>();

  private Optional<FunctionCode> code = Optional.empty();
  private final Sandboxes sandboxes;
  private final BiConsumer<String, String> log;

  /**
   * @param log takes a function's name and a line
   */
  public FunctionHost(Sandboxes sandboxes, BiConsumer<String, String> log) {
    this.sandboxes = sandboxes;
    this.log = log;
  }

  /**
   * With functions in this JVM.
   *
   * @param platforms what a function gets, by its name and environment
   */
  public FunctionHost(
      BiFunction<String, Map<String, String>, Platform> platforms, BiConsumer<String, String> log) {
    this(new InProcessSandboxes(platforms, log), log);
  }

  /**
   * @throws IllegalArgumentException if the function is none that can run here
   */
  public synchronized void deploy(FunctionSettings function) {
    functions.put(
        function.name(),
        new Deployment(
                function, sandboxes.of(function, code), OptionalInt.empty(), new Semaphore(0))
            .with(function.reserved()));
  }

  /**
   * Has the functions that a new build concerns, and those that are deployed from now on, run that
   * build. What is under way ends on what it began with, and counts for the function's concurrency
   * until then.
   *
   * @param before what functions were built from until now
   */
  public synchronized Reloaded reload(FunctionCode before, FunctionCode now) {
    Set<String> all = now.changesSince(before);
    Set<String> changed =
        all.stream().filter(file -> !sandboxes.isShared(file)).collect(Collectors.toSet());
    code = Optional.of(now);
    List<String> reloaded = new ArrayList<>();
    Map<String, String> kept = new TreeMap<>();
    for (FunctionSettings function : findAll()) {
      if (now.concerns(function.handler(), changed)
          || before.concerns(function.handler(), changed)) {
        try {
          Sandboxes.Sandboxed next = sandboxes.of(function, code);
          functions.computeIfPresent(function.name(), (_, is) -> is.with(next));
          reloaded.add(function.name());
        } catch (IllegalArgumentException e) {
          kept.put(function.name(), String.valueOf(e.getMessage()));
        }
      }
    }
    return new Reloaded(reloaded, kept, changed.size() < all.size());
  }

  /** A function of this JVM's classes. */
  public void deploy(
      String name,
      String handler,
      Map<String, String> environment,
      Duration timeout,
      OptionalInt reserved) {
    deploy(new FunctionSettings(name, handler, environment, timeout, reserved));
  }

  /** What is under way goes on; there is nothing to invoke any more. */
  public void remove(String name) {
    functions.remove(name);
    aliases.remove(name);
  }

  /** Gives a function an alias; one that has any is known by no other. */
  public void alias(String function, String alias) {
    aliases.computeIfAbsent(function, _ -> ConcurrentHashMap.newKeySet()).add(alias);
  }

  public void removeAlias(String function, String alias) {
    aliases.computeIfPresent(
        function, (_, names) -> names.remove(alias) && names.isEmpty() ? null : names);
  }

  /** Whether there is such a function, and such a version or alias of it. */
  boolean exists(FunctionName function) {
    String qualifier = function.qualifier().orElse("$LATEST");
    Set<String> declared = aliases.get(function.name());
    boolean isKnown =
        DEFAULT_QUALIFIERS.contains(qualifier)
            && !(qualifier.equals(ResourceNames.ALIAS) && declared != null);
    return functions.containsKey(function.name())
        && (isKnown || (declared != null && declared.contains(qualifier)));
  }

  /** The name of a function that is asked for by name or ARN, with or without a qualifier. */
  Optional<String> find(String nameOrArn) {
    return FunctionName.of(nameOrArn).filter(this::exists).map(FunctionName::name);
  }

  public boolean exists(String name) {
    return functions.containsKey(name);
  }

  /** What a function was deployed with. */
  public Optional<FunctionSettings> settings(String name) {
    return Optional.ofNullable(functions.get(name)).map(Deployment::settings);
  }

  /** By their names' order. */
  public List<FunctionSettings> findAll() {
    return functions.values().stream()
        .map(Deployment::settings)
        .sorted(Comparator.comparing(FunctionSettings::name))
        .toList();
  }

  /**
   * Changes a function's reserved concurrency; what is under way is not counted any more.
   *
   * @param reserved nothing to have as much as there is
   * @return false if there is no such function
   */
  public boolean reserve(String name, OptionalInt reserved) {
    return functions.computeIfPresent(name, (_, function) -> function.with(reserved)) != null;
  }

  /** A function's reserved concurrency, if it has any. */
  OptionalInt reservedConcurrency(String name) {
    Deployment function = functions.get(name);
    return function == null ? OptionalInt.empty() : function.concurrency();
  }

  /** What came of an invocation. */
  public sealed interface Result<R> {
    record Answered<R>(R response) implements Result<R> {}

    /**
     * @param why whether at init, the error's type and its message: {@code failed at init:
     *     java.lang.LinkageError: no such library}
     */
    record Failed<R>(String why) implements Result<R> {}

    /** As many invocations are under way as are reserved for the function. */
    record Throttled<R>() implements Result<R> {}

    record NoSuchFunction<R>() implements Result<R> {}
  }

  private interface Call<R> {
    Result<R> invokeOn(Sandboxes.Sandboxed function) throws InterruptedException;
  }

  /** For the API, whose event and answer need not become JSON on the way. */
  public Result<APIGatewayProxyResponseEvent> invoke(String name, APIGatewayProxyRequestEvent event)
      throws InterruptedException {
    return invoke(name, (Call<APIGatewayProxyResponseEvent>) function -> function.invoke(event));
  }

  /** As anything else invokes it: an event as JSON, and an answer as JSON. */
  public Result<String> invoke(String name, String event) throws InterruptedException {
    return invoke(name, (Call<String>) function -> function.invoke(event));
  }

  /**
   * As a service invokes it that wants to know only whether it went well; what did not is in the
   * function's log.
   */
  public boolean succeeds(String arn, String event) {
    try {
      Optional<String> name = find(arn);
      if (name.isEmpty()) {
        log.accept(
            FunctionName.of(arn).map(FunctionName::name).orElse(arn),
            "not invoked: there is no such function: " + arn);
        return false;
      }
      return invoke(name.get(), event) instanceof Result.Answered<String>;
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether a function that is asked for by name or ARN is at work. */
  public boolean isAtWork(String nameOrArn) {
    return find(nameOrArn).filter(atWork::containsKey).isPresent();
  }

  /** Names of the functions that are at work. */
  public List<String> atWork() {
    return List.copyOf(atWork.keySet());
  }

  private <R> Result<R> invoke(String name, Call<R> call) throws InterruptedException {
    atWork.merge(name, 1, Integer::sum);
    try {
      return invokeReserved(name, call);
    } finally {
      atWork.computeIfPresent(name, (_, calls) -> calls == 1 ? null : calls - 1);
    }
  }

  private <R> Result<R> invokeReserved(String name, Call<R> call) throws InterruptedException {
    Deployment deployed = functions.get(name);
    if (deployed == null) {
      return new Result.NoSuchFunction<>();
    }
    if (!deployed.reserved().tryAcquire()) {
      return new Result.Throttled<>();
    }
    try {
      return call.invokeOn(deployed.function());
    } finally {
      deployed.reserved().release();
    }
  }

  @Override
  public void close() {
    sandboxes.close();
  }
}

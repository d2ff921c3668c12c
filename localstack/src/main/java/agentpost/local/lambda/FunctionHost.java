package agentpost.local.lambda;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * The template's functions. As on Lambda, a sandbox of a function serves one invocation at a time, and more are made when more are needed, up
 * to the function's reserved concurrency: beyond that an invocation is throttled.
 */
public final class FunctionHost implements AutoCloseable {
  private record Deployed(FunctionSettings settings, Sandboxes.Sandboxed function, Semaphore reserved) {
    Deployed with(OptionalInt concurrency) {
      return new Deployed(settings, function, new Semaphore(concurrency.orElse(Integer.MAX_VALUE)));
    }
  }

  private final Map<String, Deployed> functions = new ConcurrentHashMap<>();
  private final Sandboxes sandboxes;
  private final BiConsumer<String, String> log;

  /** @param log takes a function's name and a line */
  public FunctionHost(Sandboxes sandboxes, BiConsumer<String, String> log) {
    this.sandboxes = sandboxes;
    this.log = log;
  }

  /**
   * With functions in this JVM.
   *
   * @param platforms what a function gets, by its name and environment
   */
  public FunctionHost(BiFunction<String, Map<String, String>, Platform> platforms, BiConsumer<String, String> log) {
    this(new InProcess(platforms, log), log);
  }

  /** @throws IllegalArgumentException if the function is none that can run here */
  public void deploy(FunctionSettings function) {
    functions.put(function.name(), new Deployed(function, sandboxes.of(function), new Semaphore(0)).with(function.reserved()));
  }

  /** A function of this JVM's classes. */
  public void deploy(String name, String handler, Map<String, String> environment, Duration timeout, OptionalInt reserved) {
    deploy(new FunctionSettings(name, handler, environment, timeout, reserved));
  }

  /** What is under way goes on; there is nothing to invoke any more. */
  public void remove(String name) {
    functions.remove(name);
  }

  public boolean exists(String name) {
    return functions.containsKey(name);
  }

  /** What a function was deployed with. */
  public Optional<FunctionSettings> settings(String name) {
    return Optional.ofNullable(functions.get(name)).map(Deployed::settings);
  }

  /** By their names' order. */
  public List<FunctionSettings> all() {
    return functions.values().stream().map(Deployed::settings).sorted(Comparator.comparing(FunctionSettings::name)).toList();
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

  /** What came of an invocation. */
  public sealed interface Result<R> {
    record Answered<R>(R response) implements Result<R> {}

    /** @param why whether at init, the error's type and its message: {@code failed at init: java.lang.LinkageError: no such library} */
    record Failed<R>(String why) implements Result<R> {}

    /** As many invocations are under way as are reserved for the function. */
    record Throttled<R>() implements Result<R> {}

    record NoSuchFunction<R>() implements Result<R> {}
  }

  private interface Call<R> {
    Result<R> on(Sandboxes.Sandboxed function) throws InterruptedException;
  }

  /** For the API, whose event and answer need not become JSON on the way. */
  public Result<APIGatewayProxyResponseEvent> invoke(String name, APIGatewayProxyRequestEvent event) throws InterruptedException {
    return invoke(name, (Call<APIGatewayProxyResponseEvent>) function -> function.invoke(event));
  }

  /** As anything else invokes it: an event as JSON, and an answer as JSON. */
  public Result<String> invoke(String name, String event) throws InterruptedException {
    return invoke(name, (Call<String>) function -> function.invoke(event));
  }

  /** As a service invokes it that wants to know only whether it went well; what did not is in the function's log. */
  public boolean succeeds(String arn, String event) {
    try {
      String name = arn.replaceFirst("^arn:.*:function:", "").replaceFirst(":.*", "");
      Result<String> result = invoke(name, event);
      if (result instanceof Result.NoSuchFunction<String>) {
        log.accept(name, "not invoked: there is no such function");
      }
      return result instanceof Result.Answered<String>;
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private <R> Result<R> invoke(String name, Call<R> call) throws InterruptedException {
    Deployed deployed = functions.get(name);
    if (deployed == null) {
      return new Result.NoSuchFunction<>();
    }
    if (!deployed.reserved().tryAcquire()) {
      return new Result.Throttled<>();
    }
    try {
      return call.on(deployed.function());
    } finally {
      deployed.reserved().release();
    }
  }

  @Override
  public void close() {
    sandboxes.close();
  }
}

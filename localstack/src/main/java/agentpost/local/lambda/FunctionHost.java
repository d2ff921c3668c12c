package agentpost.local.lambda;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * Runs functions from their handler strings and environments, in this JVM. As on Lambda, an instance of a handler serves one invocation at a
 * time, and more are made when more are needed, up to the function's reserved concurrency: beyond that an invocation is throttled.
 */
public final class FunctionHost {
  /** Instances of one function; the relay needs one for every delivery that is under way. */
  private static final int MOST_SANDBOXES = 256;

  private record Deployed(
      String name,
      Constructor<?> handler,
      Map<String, String> environment,
      Duration timeout,
      ConcurrentLinkedDeque<Object> idle,
      Semaphore room,
      Semaphore reserved) {
    Deployed with(OptionalInt concurrency) {
      return new Deployed(name, handler, environment, timeout, idle, room, new Semaphore(concurrency.orElse(Integer.MAX_VALUE)));
    }
  }

  private final Map<String, Deployed> functions = new ConcurrentHashMap<>();
  private final BiFunction<String, Map<String, String>, Platform> platforms;
  private final BiConsumer<String, String> log;

  /**
   * @param platforms what a function gets, by its name and environment
   * @param log takes a function's name and a line
   */
  public FunctionHost(BiFunction<String, Map<String, String>, Platform> platforms, BiConsumer<String, String> log) {
    this.platforms = platforms;
    this.log = log;
  }

  /**
   * @param reserved concurrency, if any
   * @throws IllegalArgumentException if the handler's class is not one that can run here
   */
  public void deploy(String name, String handler, Map<String, String> environment, Duration timeout, OptionalInt reserved) {
    Constructor<?> constructor;
    try {
      // Not initialized here: what fails in it fails at the function's init, as on Lambda.
      constructor = Class.forName(handler, false, FunctionHost.class.getClassLoader()).getConstructor(Platform.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("Function " + name + ": its handler " + handler + " is no class with a constructor that takes a Platform", e);
    }
    Semaphore concurrency = new Semaphore(reserved.orElse(Integer.MAX_VALUE));
    functions.put(
        name, new Deployed(name, constructor, environment, timeout, new ConcurrentLinkedDeque<>(), new Semaphore(MOST_SANDBOXES), concurrency));
  }

  public boolean exists(String name) {
    return functions.containsKey(name);
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

    record Failed<R>(String why) implements Result<R> {}

    /** As many invocations are under way as are reserved for the function. */
    record Throttled<R>() implements Result<R> {}

    record NoSuchFunction<R>() implements Result<R> {}
  }

  private interface Work<R> {
    R on(RequestHandler<Object, Object> sandbox, LocalContext context);
  }

  /** For the API, whose event and answer need not become JSON on the way. */
  public Result<APIGatewayProxyResponseEvent> invoke(String name, APIGatewayProxyRequestEvent event) throws InterruptedException {
    return invoke(name, (sandbox, context) -> (APIGatewayProxyResponseEvent) sandbox.handleRequest(event, context));
  }

  /** As anything else invokes it: an event as JSON, and an answer as JSON. */
  public Result<String> invoke(String name, String event) throws InterruptedException {
    return invoke(
        name,
        (sandbox, context) -> {
          Payloads payloads = Payloads.of(sandbox.getClass());
          return payloads.write(sandbox.handleRequest(payloads.read(event), context));
        });
  }

  /** As what wants no answer invokes it; what goes wrong is in the function's log. */
  public void invokeUnanswered(String name, String event) {
    try {
      switch (invoke(name, event)) {
        case Result.Answered<String> _, Result.Failed<String> _ -> {}
        case Result.Throttled<String> _ -> log.accept(name, "not invoked: it has as many invocations under way as are reserved for it");
        case Result.NoSuchFunction<String> _ -> log.accept(name, "not invoked: there is no such function");
      }
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
    }
  }

  private <R> Result<R> invoke(String name, Work<R> work) throws InterruptedException {
    Deployed function = functions.get(name);
    if (function == null) {
      return new Result.NoSuchFunction<>();
    }
    if (!function.reserved().tryAcquire()) {
      return new Result.Throttled<>();
    }
    try {
      function.room().acquire();
      try {
        return invoked(function, work);
      } finally {
        function.room().release();
      }
    } finally {
      function.reserved().release();
    }
  }

  private <R> Result<R> invoked(Deployed function, Work<R> work) {
    try {
      Object sandbox = function.idle().poll();
      if (sandbox == null) {
        sandbox = started(function);
      }
      @SuppressWarnings("unchecked") // Whoever invokes it sends the event that the template connects it to.
      var handler = (RequestHandler<Object, Object>) sandbox;
      R response = work.on(handler, new LocalContext(function.name(), function.timeout(), line -> log.accept(function.name(), line)));
      function.idle().push(sandbox);
      return new Result.Answered<>(response);
    } catch (ReflectiveOperationException e) {
      return failed(function.name(), "failed at init", e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException | Error e) {
      // An Error ends a sandbox on Lambda; here it must not end the caller's connection without an answer.
      return failed(function.name(), "failed", e);
    }
  }

  private <R> Result<R> failed(String name, String how, Throwable cause) {
    log.accept(name, how + ": " + cause);
    return new Result.Failed<>(how + ": " + cause);
  }

  private Object started(Deployed function) throws ReflectiveOperationException {
    return function.handler().newInstance(platforms.apply(function.name(), function.environment()));
  }
}

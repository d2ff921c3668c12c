package agentpost.local.lambda;

import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.lang.reflect.Constructor;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Runs functions from their handler strings and environments, in this JVM. As on Lambda, an instance of a handler serves one invocation at a
 * time, and more are made when more are needed.
 */
public final class FunctionHost {
  /** Instances of one function; the relay needs one for every delivery that is under way. */
  private static final int MOST_SANDBOXES = 256;

  private record Deployed(
      String name, Constructor<?> handler, Map<String, String> environment, Duration timeout, ConcurrentLinkedDeque<Object> idle, Semaphore room) {}

  private final Map<String, Deployed> functions = new ConcurrentHashMap<>();
  private final Function<String, AwsClients> clients;
  private final HttpClient http;
  private final BiConsumer<String, String> log;

  /**
   * @param clients AWS clients for a function's name
   * @param log takes a function's name and a line
   */
  public FunctionHost(Function<String, AwsClients> clients, HttpClient http, BiConsumer<String, String> log) {
    this.clients = clients;
    this.http = http;
    this.log = log;
  }

  /** @throws IllegalArgumentException if the handler's class is not one that can run here */
  public void deploy(String name, String handler, Map<String, String> environment, Duration timeout) {
    Constructor<?> constructor;
    try {
      // Not initialized here: what fails in it fails at the function's init, as on Lambda.
      constructor = Class.forName(handler, false, FunctionHost.class.getClassLoader()).getConstructor(Platform.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("Function " + name + ": its handler " + handler + " is no class with a constructor that takes a Platform", e);
    }
    functions.put(name, new Deployed(name, constructor, environment, timeout, new ConcurrentLinkedDeque<>(), new Semaphore(MOST_SANDBOXES)));
  }

  /** What came of an invocation. */
  public sealed interface Result {
    record Answered(APIGatewayProxyResponseEvent response) implements Result {}

    record Failed(String why) implements Result {}

    record NoSuchFunction() implements Result {}
  }

  public Result invoke(String name, APIGatewayProxyRequestEvent event) throws InterruptedException {
    Deployed function = functions.get(name);
    if (function == null) {
      return new Result.NoSuchFunction();
    }
    function.room().acquire();
    try {
      Object sandbox = function.idle().poll();
      if (sandbox == null) {
        sandbox = started(function);
      }
      @SuppressWarnings("unchecked") // The template's functions all sit behind its REST API.
      var handler = (RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>) sandbox;
      APIGatewayProxyResponseEvent response = handler.handleRequest(event, new LocalContext(name, function.timeout(), line -> log.accept(name, line)));
      function.idle().push(sandbox);
      return new Result.Answered(response);
    } catch (ReflectiveOperationException e) {
      return failed(name, "failed at init", e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException | Error e) {
      // An Error ends a sandbox on Lambda; here it must not end the caller's connection without an answer.
      return failed(name, "failed", e);
    } finally {
      function.room().release();
    }
  }

  private Result failed(String name, String how, Throwable cause) {
    log.accept(name, how + ": " + cause);
    return new Result.Failed(how + ": " + cause);
  }

  private Object started(Deployed function) throws ReflectiveOperationException {
    Platform platform =
        new Platform(
            function.environment(), Clock.systemUTC(), clients.apply(function.name()), http, line -> log.accept(function.name(), line));
    return function.handler().newInstance(platform);
  }
}

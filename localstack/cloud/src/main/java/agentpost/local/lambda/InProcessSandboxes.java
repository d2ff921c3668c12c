package agentpost.local.lambda;

import agentpost.local.lambda.FunctionHost.Result;
import agentpost.platform.Platform;
import agentpost.platform.StackTrace;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * Runs functions from their handler strings and environments in this JVM: a sandbox is an instance
 * of the handler.
 */
public final class InProcessSandboxes implements Sandboxes {
  /** Instances of one function; the relay needs one for every delivery that is under way. */
  private static final int MAX_SANDBOXES = 256;

  private final BiFunction<String, Map<String, String>, Platform> platforms;
  private final BiConsumer<String, String> log;

  /**
   * @param platforms what a function gets, by its name and environment
   * @param log takes a function's name and a line
   */
  public InProcessSandboxes(
      BiFunction<String, Map<String, String>, Platform> platforms, BiConsumer<String, String> log) {
    this.platforms = platforms;
    this.log = log;
  }

  @Override
  public boolean isShared(String file) {
    return file.startsWith(BuildClassLoader.SHARED.replace('.', '/'));
  }

  @Override
  public Sandboxed of(FunctionSettings function, Optional<FunctionCode> code) {
    ClassLoader classes =
        code.map(FunctionCode::loader).orElse(InProcessSandboxes.class.getClassLoader());
    try {
      // Not initialized here: what fails in it fails at the function's init, as on Lambda.
      return new Instances(
          function,
          Class.forName(function.handler(), false, classes).getConstructor(Platform.class));
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalArgumentException(
          "Function "
              + function.name()
              + ": its handler "
              + function.handler()
              + " is not a class with a constructor that takes a Platform",
          e);
    }
  }

  @Override
  public void close() {}

  private interface Work<R> {
    R run(RequestHandler<Object, Object> sandbox, LocalContext context);
  }

  private final class Instances implements Sandboxed {
    private final FunctionSettings function;
    private final Constructor<?> handler;
    private final ConcurrentLinkedDeque<Object> idle = new ConcurrentLinkedDeque<>();
    private final Semaphore room = new Semaphore(MAX_SANDBOXES);

    Instances(FunctionSettings function, Constructor<?> handler) {
      this.function = function;
      this.handler = handler;
    }

    @Override
    public Result<APIGatewayProxyResponseEvent> invoke(APIGatewayProxyRequestEvent event)
        throws InterruptedException {
      return runWithPermit(
          (sandbox, context) ->
              (APIGatewayProxyResponseEvent)
                  sandbox.handleRequest(PayloadCodec.read(sandbox.getClass(), event), context));
    }

    @Override
    public Result<String> invoke(String event) throws InterruptedException {
      return runWithPermit(
          (sandbox, context) -> {
            PayloadCodec payloads = PayloadCodec.of(sandbox.getClass());
            return payloads.write(sandbox.handleRequest(payloads.read(event), context));
          });
    }

    private <R> Result<R> runWithPermit(Work<R> work) throws InterruptedException {
      room.acquire();
      try {
        return run(work);
      } finally {
        room.release();
      }
    }

    private <R> Result<R> run(Work<R> work) {
      try {
        Object sandbox = idle.poll();
        if (sandbox == null) {
          sandbox = handler.newInstance(platforms.apply(function.name(), function.environment()));
        }
        // Whoever invokes it sends the event that the template connects it to.
        @SuppressWarnings("unchecked")
        var instance = (RequestHandler<Object, Object>) sandbox;
        R response =
            work.run(
                instance, new LocalContext(function, line -> log.accept(function.name(), line)));
        idle.push(sandbox);
        return new Result.Answered<>(response);
      } catch (ReflectiveOperationException e) {
        return failureOf("failed at init", e.getCause() == null ? e : e.getCause());
      } catch (RuntimeException | Error e) {
        // An Error ends a sandbox on Lambda; here it must not end the caller's connection without
        // an answer.
        return failureOf("failed", e);
      }
    }

    private <R> Result<R> failureOf(String how, Throwable cause) {
      log.accept(function.name(), how + ": " + StackTrace.of(cause));
      return new Result.Failed<>(how + ": " + cause);
    }
  }
}

package agentpost.local.isolated;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.lambda.FunctionHost.Result;
import agentpost.local.lambda.FunctionSettings;
import agentpost.local.lambda.Sandboxes;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * A function's environments. An invocation takes the one that was idle for the shortest time; if
 * there is none it waits for the first to be ready, a new one that is started for it or one that is
 * free again, whichever comes first.
 */
final class EnvironmentPool implements Sandboxes.Sandboxed, Environment.Pool {
  private static final PojoSerializer<APIGatewayProxyRequestEvent> EVENT =
      LambdaEventSerializers.serializerFor(
          APIGatewayProxyRequestEvent.class, EnvironmentPool.class.getClassLoader());
  private static final PojoSerializer<APIGatewayProxyResponseEvent> ANSWER =
      JacksonFactory.getInstance().getSerializer(APIGatewayProxyResponseEvent.class);

  /** What a waiting invocation gets. */
  private sealed interface Turn {
    record Ready(Environment environment) implements Turn {}

    record Broken(Outcome.Failed failure) implements Turn {}
  }

  private static final class Waiting {
    private final CompletableFuture<Turn> turn = new CompletableFuture<>();
  }

  private final FunctionSettings function;
  private final Path code;
  private final Environment.HostSettings place;
  private final Consumer<String> log;
  private final Semaphore starts;
  private final int most;
  private final Set<Environment> live = new HashSet<>();
  private final Set<Environment> ready = new HashSet<>();
  private final Deque<Environment> idle = new ArrayDeque<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int starting;
  private boolean retired;
  private boolean closed;

  /**
   * @param starts how many environments may be at their init at a time, of all functions
   * @param most environments of this function
   */
  EnvironmentPool(
      FunctionSettings function,
      Path code,
      Environment.HostSettings place,
      Consumer<String> log,
      Semaphore starts,
      int most) {
    this.function = function;
    this.code = code;
    this.place = place;
    this.log = log;
    this.starts = starts;
    this.most = most;
  }

  @Override
  public Result<String> invoke(String event) throws InterruptedException {
    return switch (turn()) {
      case Turn.Broken(var failure) ->
          new Result.Failed<>("failed at init: " + failure.type() + ": " + failure.message());
      case Turn.Ready(var environment) ->
          switch (environment.invoke(event)) {
            case Outcome.Answered(var payload) -> new Result.Answered<>(payload);
            case Outcome.Failed(var type, var message) ->
                new Result.Failed<>("failed: " + type + ": " + message);
            case Outcome.TimedOut timedOut ->
                new Result.Failed<>("failed: Sandbox.Timedout: " + timedOut.message());
            case Outcome.Exited exited ->
                new Result.Failed<>("failed: Runtime.ExitError: " + exited.message());
          };
    };
  }

  @Override
  public Result<APIGatewayProxyResponseEvent> invoke(APIGatewayProxyRequestEvent event)
      throws InterruptedException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    EVENT.toJson(event, json);
    return switch (invoke(json.toString(UTF_8))) {
      case Result.Answered<String>(var payload) -> new Result.Answered<>(answer(payload));
      case Result.Failed<String>(var why) -> new Result.Failed<>(why);
      case Result.Throttled<String> _ -> new Result.Throttled<>();
      case Result.NoSuchFunction<String> _ -> new Result.NoSuchFunction<>();
    };
  }

  /** What is no answer becomes one without a status, which API Gateway makes a 502 of. */
  private static APIGatewayProxyResponseEvent answer(String payload) {
    try {
      return Optional.ofNullable(ANSWER.fromJson(payload))
          .orElseGet(APIGatewayProxyResponseEvent::new);
    } catch (UncheckedIOException e) {
      return new APIGatewayProxyResponseEvent();
    }
  }

  private Turn turn() throws InterruptedException {
    Waiting one = new Waiting();
    synchronized (this) {
      while (!idle.isEmpty()) {
        Environment latest = idle.pop();
        if (latest.isAlive()) {
          return new Turn.Ready(latest);
        }
      }
      waiting.add(one);
      startWhatIsWaitedFor();
    }
    try {
      return one.turn.get();
    } catch (InterruptedException e) {
      giveUp(one);
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("A turn is a value", e);
    }
  }

  private synchronized void giveUp(Waiting one) {
    if (!waiting.remove(one) && one.turn.resultNow() instanceof Turn.Ready(var environment)) {
      onReady(environment);
    }
  }

  private void startWhatIsWaitedFor() {
    while (!closed && starting < waiting.size() && starting + ready.size() < most) {
      starting++;
      Thread.ofVirtual().name("start-of-" + function.name()).start(this::start);
    }
  }

  private void start() {
    try {
      starts.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      Environment started = new Environment(function, code, place, log, this);
      synchronized (this) {
        // It may have asked, or ended, already.
        if (started.isAlive()) {
          live.add(started);
        }
        if (closed) {
          started.close();
        }
      }
    } catch (IOException | UncheckedIOException e) {
      failWaiting(new Outcome.Failed("Runtime.ProcessSpawnFailed", String.valueOf(e.getMessage())));
    }
  }

  @Override
  public synchronized void onReady(Environment environment) {
    if (ready.add(environment)) {
      starting--;
      starts.release();
    }
    Waiting first = waiting.poll();
    if (first == null && retired) {
      environment.shutDown();
    } else if (first == null) {
      idle.push(environment);
    } else {
      first.turn.complete(new Turn.Ready(environment));
    }
  }

  @Override
  public void onEnded(Environment environment, Optional<Outcome.Failed> failure) {
    synchronized (this) {
      live.remove(environment);
      idle.remove(environment);
      if (ready.remove(environment)) {
        startWhatIsWaitedFor();
        return;
      }
    }
    failWaiting(
        failure.orElseGet(
            () ->
                new Outcome.Failed(
                    "Runtime.ExitError", "Runtime exited without providing a reason")));
  }

  /** Whoever has waited longest hears of it; what else is waited for is started anew. */
  private synchronized void failWaiting(Outcome.Failed failure) {
    starting--;
    starts.release();
    Waiting first = waiting.poll();
    if (first != null) {
      first.turn.complete(new Turn.Broken(failure));
    }
    startWhatIsWaitedFor();
  }

  /** Ends those that nothing was asked of for longer than this. */
  void stopIdle(Duration longest) {
    List<Environment> old;
    synchronized (this) {
      old =
          idle.stream()
              .filter(environment -> environment.idleTime().compareTo(longest) > 0)
              .toList();
      idle.removeAll(old);
    }
    old.forEach(Environment::shutDown);
  }

  /**
   * There is another version of the function: what is under way comes to its end, and then the
   * environments.
   */
  synchronized void retire() {
    retired = true;
    idle.forEach(Environment::shutDown);
    idle.clear();
  }

  synchronized Set<Long> pids() {
    Set<Long> pids = new HashSet<>();
    live.forEach(environment -> pids.add(environment.pid()));
    return pids;
  }

  void close() {
    List<Environment> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(live);
      waiting.forEach(
          one ->
              one.turn.complete(
                  new Turn.Broken(
                      new Outcome.Failed("Runtime.ExitError", "The local cloud is closing"))));
      waiting.clear();
    }
    all.forEach(Environment::close);
  }
}

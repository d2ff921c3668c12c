package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.testing.Wire;
import agentpost.platform.AwsClients;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;

/**
 * At a time scale of 600 a minute is a tenth of a second, less than a delivery takes. What was on
 * its way before a one-time schedule's time still arrives before it: {@code trial.ending} does not
 * go out behind a conversion, and a deadline does not find missing what was being published. On a
 * quiet machine and on a busy one.
 */
class OvertakingIT {
  /** Of a schedule whose time is past: two seconds of the wall, at a scale of 600. */
  private static final Duration SOONEST = Duration.ofMinutes(20);

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final AtomicBoolean busy = new AtomicBoolean(true);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final List<String> begun = new CopyOnWriteArrayList<>();

  /** The time, by the cloud's clock, at which the schedule was due at the latest. */
  private final CompletableFuture<Instant> planned = new CompletableFuture<>();

  private final Map<String, Runnable> work = new ConcurrentHashMap<>();
  private LocalCloud cloud;
  private HttpServer agents;
  private EventBridgeClient events;
  private SchedulerClient schedules;

  @BeforeEach
  void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1));
    AwsClients aws = cloud.clients("test");
    events = aws.create(EventBridgeClient.builder());
    schedules = aws.create(SchedulerClient.builder());
    agents = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agents.setExecutor(threads);
    agents.createContext("/", this::serve);
    agents.start();
    new Wire(events).subscribe("b", "http://127.0.0.1:" + agents.getAddress().getPort() + "/", "");
    // What is slow the first time is not to take the five seconds that an attempt has.
    plan("fence", "at(2100-01-01T00:00:00)");
    schedules.deleteSchedule(delete -> delete.name("fence"));
    put("fence");
    await().atMost(TIMEOUT).until(() -> done.contains("fence"));
    done.clear();
  }

  @AfterEach
  void stop() {
    busy.set(false);
    cloud.close();
    agents.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String event =
          Stream.of("sign-up", "converted", "part", "ending", "deadline", "fence")
              .filter(kind -> body.contains("\"kind\":\"" + kind + "\""))
              .findFirst()
              .orElseThrow();
      begun.add(event);
      work.getOrDefault(event, () -> {}).run();
      done.add(event);
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private void load(int busyThreads) {
    IntStream.range(0, busyThreads)
        .forEach(
            _ ->
                threads.execute(
                    () -> {
                      while (busy.get()) {
                        Thread.onSpinWait();
                      }
                    }));
  }

  private static String detail(String kind) {
    return "{\"kind\":\"" + kind + "\"}";
  }

  private void put(String kind) {
    new Wire(events).put(Wire.entry("b", detail(kind)));
  }

  /** Its time is past, so it comes two seconds from now. */
  private void plan(String kind) {
    plan(kind, "at(2026-01-01T00:00:00)");
  }

  private void plan(String kind, String expression) {
    schedules.createSchedule(
        create ->
            create
                .name(kind)
                .scheduleExpression(expression)
                .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                .target(
                    target ->
                        target
                            .arn("arn:aws:events:us-east-1:000000000000:event-bus/b")
                            .roleArn("arn:aws:iam::000000000000:role/r")
                            .eventBridgeParameters(to -> to.source("s").detailType("t"))
                            .input(detail(kind))));
  }

  /**
   * Plans what is not to overtake an event that is being delivered: by then that is on its way,
   * however long a busy machine takes to put it. Of what follows, only an attempt's five seconds
   * and a schedule's ten are by the wall.
   */
  private void planBehind(String event, String kind) {
    put(event);
    await().atMost(TIMEOUT).until(() -> begun.contains(event));
    plan(kind);
    planned.complete(cloud.now().plus(SOONEST));
  }

  /** The agent takes its time: until so long after the schedule's, by the cloud's clock. */
  private void untilAfterDue(Duration more) {
    Instant time = planned.orTimeout(1, TimeUnit.MINUTES).join().plus(more);
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> cloud.now().isAfter(time));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void aReminderDoesNotGoOutBehindTheEventThatCallsItOff(int busyThreads) {
    load(busyThreads);
    work.put(
        "converted",
        () -> {
          untilAfterDue(Duration.ofMinutes(1));
          schedules.deleteSchedule(delete -> delete.name("ending"));
        });
    planBehind("converted", "ending");
    await().atMost(TIMEOUT).until(() -> done.contains("converted"));
    plan("fence");
    await().atMost(TIMEOUT).until(() -> done.contains("fence"));
    assertThat(done).containsExactly("converted", "fence");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void aDeadlineFindsWhatWasOnItsWay(int busyThreads) {
    load(busyThreads);
    work.put(
        "sign-up",
        () -> {
          untilAfterDue(Duration.ofMinutes(1));
          put("part");
        });
    work.put("part", () -> untilAfterDue(Duration.ofMinutes(6)));
    planBehind("sign-up", "deadline");
    await().atMost(TIMEOUT).until(() -> done.contains("deadline"));
    assertThat(done).containsExactly("sign-up", "part", "deadline");
  }
}

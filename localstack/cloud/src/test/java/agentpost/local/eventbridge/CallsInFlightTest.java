package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.time.ScaledTimeline;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A receiver that keeps its callers waiting, and one that does not, under more events than can be
 * in flight; with real calls, threads and time.
 */
class CallsInFlightTest {
  private static final int EVENTS = 600;
  private static final int MAX_CONCURRENT = 64;

  private final CountDownLatch held = new CountDownLatch(1);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final Semaphore quick = new Semaphore(0);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScaledTimeline timeline = new ScaledTimeline(1, Clock.systemUTC());
  private final EventBridge events = new EventBridge(timeline, new Elsewhere(), 1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    server.setExecutor(threads);
    server.createContext("/slow", this::hold);
    server.createContext("/quick", exchange -> answer(exchange, quick));
    server.start();
    call(
        "CreateConnection",
        "{'Name':'c','AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'x-key','ApiKeyValue':'k'}}}");
    call("CreateEventBus", "{'Name':'b'}");
    Stream.of("slow", "quick").forEach(this::subscribe);
  }

  @AfterEach
  void stop() {
    held.countDown();
    timeline.close();
    events.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void hold(HttpExchange exchange) throws IOException {
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.decrementAndGet();
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static void answer(HttpExchange exchange, Semaphore received) throws IOException {
    new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
    received.release();
  }

  private ObjectNode call(String operation, String input) {
    return (ObjectNode) events.service().call(operation, RuleTestBed.json(input));
  }

  private void subscribe(String name) {
    String connection = call("DescribeConnection", "{'Name':'c'}").path("ConnectionArn").asText();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    String destination =
        call(
                "CreateApiDestination",
                "{'Name':'"
                    + name
                    + "','InvocationEndpoint':'"
                    + url
                    + "','HttpMethod':'POST','InvocationRateLimitPerSecond':300,'ConnectionArn':'"
                    + connection
                    + "'}")
            .path("ApiDestinationArn")
            .asText();
    call(
        "PutRule",
        "{'Name':'"
            + name
            + "','EventBusName':'b','EventPattern':'{\\\"detail-type\\\":[\\\"t\\\"]}'}");
    call(
        "PutTargets",
        "{'Rule':'"
            + name
            + "','EventBusName':'b','Targets':[{'Id':'1','Arn':'"
            + destination
            + "','RoleArn':'arn:aws:iam::000000000000:role/r'}]}");
  }

  private void put(int count) {
    for (int i = 0; i < count; i += 10) {
      ObjectNode input = JsonNodeFactory.instance.objectNode();
      ArrayNode entries = input.putArray("Entries");
      IntStream.range(0, 10)
          .forEach(
              _ ->
                  entries
                      .addObject()
                      .put("EventBusName", "b")
                      .put("Source", "s")
                      .put("DetailType", "t")
                      .put("Detail", "{}"));
      assertThat(events.service().call("PutEvents", input).path("FailedEntryCount").asInt())
          .isZero();
    }
  }

  @Test
  void aReceiverThatDoesNotAnswerHasSoManyCallsAtATimeAndHoldsUpNobody()
      throws InterruptedException {
    int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
    put(EVENTS);
    assertThat(quick.tryAcquire(EVENTS, 60, TimeUnit.SECONDS)).isTrue();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(open).hasValueGreaterThanOrEqualTo(MAX_CONCURRENT));
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore)
        .as("threads of the system for %s calls", open)
        .isLessThan(32);
    held.countDown();
    await().atMost(Duration.ofSeconds(60)).until(() -> events.inFlightCount() == 0);
    // A call that was given up is open at the receiver until it looks.
    assertThat(mostOpen.get()).isLessThanOrEqualTo(2 * MAX_CONCURRENT);
  }

  /** Nothing but API destinations. */
  private static final class Elsewhere implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      throw new IllegalStateException("no letter is expected");
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      throw new IllegalStateException("no log line is expected");
    }

    @Override
    public URI locate(URI endpoint) {
      return endpoint;
    }
  }
}

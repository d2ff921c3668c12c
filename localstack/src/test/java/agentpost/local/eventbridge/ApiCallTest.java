package agentpost.local.eventbridge;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.ApiCall.Answer;
import agentpost.local.time.ScaledTimeline;
import agentpost.local.time.Timeline;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many calls of this machine's own functions run at a time. */
class ApiCallTest {
  private static final ObjectNode NOTHING = JsonNodeFactory.instance.objectNode();
  private static final Registry.Connection CONNECTION =
      new Registry.Connection("agentpost", "arn:aws:events:us-east-1:000000000000:connection/agentpost", "API_KEY", NOTHING, Optional.empty(), Instant.EPOCH);

  private final CountDownLatch held = new CountDownLatch(1);
  private final AtomicInteger slow = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Timeline timeline = new ScaledTimeline(1, Clock.systemUTC());
  private HttpServer functions;
  private ApiCall calls;

  @BeforeEach
  void start() throws IOException {
    functions = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    functions.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    functions.createContext("/quick", ApiCallTest::answer);
    functions.createContext(
        "/slow",
        exchange -> {
          slow.incrementAndGet();
          try {
            held.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          answer(exchange);
        });
    functions.start();
    calls = new ApiCall(new Here(functions.getAddress().getPort()), ApiCall.client());
  }

  @AfterEach
  void stop() {
    held.countDown();
    threads.shutdownNow();
    timeline.close();
    functions.stop(0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    // The JDK's server closes the connection, as it was asked to, but does not say so, and its client would use it once more while it closes.
    exchange.getResponseHeaders().set("Connection", "close");
    exchange.sendResponseHeaders(200, -1);
  }

  /** The API's own name leads to this machine. */
  private record Here(int port) implements Reach {
    @Override
    public URI locate(URI endpoint) {
      return URI.create("http://127.0.0.1:" + port + endpoint.getPath());
    }

    @Override
    public Optional<Failure> sendToQueue(String queueArn, String body, Map<String, String> attributes) {
      throw new IllegalStateException("no letter is expected");
    }

    @Override
    public Optional<Failure> invoke(String functionArn, String event) {
      throw new IllegalStateException("no function is to be invoked");
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      throw new IllegalStateException("no log line is expected");
    }
  }

  private Future<Answer> call(String agent, String path) {
    Registry.Destination destination =
        new Registry.Destination(
            agent, "arn:aws:events:us-east-1:000000000000:api-destination/" + agent, CONNECTION.arn(), "https://api.example" + path, "POST", 300, Optional.empty(),
            Instant.EPOCH, new RateLimit(timeline, 300));
    return threads.submit(() -> calls.call(destination, CONNECTION, NOTHING, NOTHING, "{}"));
  }

  @Test
  void anAgentGetsSixteenAtATime() throws Exception {
    for (int i = 0; i < 16; i++) {
      Future<Answer> _ = call("welcome-agent", "/slow");
    }
    await().untilAsserted(() -> assertThat(slow).hasValue(16));
    Future<Answer> waits = call("welcome-agent", "/quick");
    assertThat(call("trial-monitor", "/quick").get(4, SECONDS)).isInstanceOf(Answer.Answered.class);
    assertThat(waits).isNotDone();
    held.countDown();
    assertThat(waits.get(4, SECONDS)).isInstanceOf(Answer.Answered.class);
  }

  @Test
  void agentsThatWaitForSomethingKeepNoOtherFromItsTurn() throws InterruptedException, ExecutionException, TimeoutException {
    int more = 4 * Runtime.getRuntime().availableProcessors() + 4;
    for (int i = 0; i < more; i++) {
      Future<Answer> _ = call("slow-" + i, "/slow");
    }
    await().atMost(Duration.ofSeconds(4)).untilAsserted(() -> assertThat(slow).hasValue(more));
    assertThat(call("welcome-agent", "/quick").get(4, SECONDS)).isInstanceOf(Answer.Answered.class);
  }
}

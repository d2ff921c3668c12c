package agentpost.local.eventbridge.targets;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.registry.RateLimit;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.EndpointCall.Answer;
import agentpost.local.time.ScaledTimeline;
import agentpost.local.time.Timeline;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How many calls of this machine's own functions run at a time. */
class EndpointCallTest {
  private final List<Socket> accepted = new CopyOnWriteArrayList<>();
  private final CountDownLatch held = new CountDownLatch(1);
  private final AtomicInteger slow = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Timeline timeline = new ScaledTimeline(1, Clock.systemUTC());
  private HttpServer functions;
  private EndpointCall calls;

  @BeforeEach
  void start() throws IOException {
    functions = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    functions.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    functions.createContext("/quick", EndpointCallTest::answer);
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
    calls = new EndpointCall(new Here(functions.getAddress().getPort()), EndpointCall.client());
  }

  @AfterEach
  void stop() throws IOException {
    held.countDown();
    threads.shutdownNow();
    timeline.close();
    functions.stop(0);
    for (Socket socket : accepted) {
      socket.close();
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    // The JDK's server closes the connection, as it was asked to, but does not say so, and its
    // client would use it once more while it closes.
    exchange.getResponseHeaders().set("Connection", "close");
    exchange.sendResponseHeaders(200, -1);
  }

  /** The API's own name leads to this machine. */
  private record Here(int port) implements Unreached {
    @Override
    public URI locate(URI endpoint) {
      return URI.create("http://127.0.0.1:" + port + endpoint.getPath());
    }
  }

  private record Nowhere() implements Unreached {
    @Override
    public URI locate(URI endpoint) {
      return endpoint;
    }
  }

  private interface Unreached extends TargetServices {

    @Override
    default Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      throw new IllegalStateException("no letter is expected");
    }

    @Override
    default Optional<Failure> invoke(String functionArn, String event) {
      throw new IllegalStateException("no function is to be invoked");
    }

    @Override
    default Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      throw new IllegalStateException("no log line is expected");
    }
  }

  private Registry.Destination destination(String agent, String url) {
    return new Registry.Destination(
        agent,
        "arn:aws:events:us-east-1:000000000000:api-destination/" + agent,
        "connection",
        url,
        "POST",
        300,
        Optional.empty(),
        Instant.EPOCH,
        Instant.EPOCH,
        new RateLimit(timeline, 300),
        new AtomicBoolean());
  }

  private Future<Answer> call(String agent, String path) {
    Registry.Destination destination = destination(agent, "https://api.example" + path);
    return call(
        destination,
        new Here(functions.getAddress().getPort()).locate(URI.create(destination.endpoint())));
  }

  private Future<Answer> call(Registry.Destination destination, URI found) {
    return call(destination, found, calls);
  }

  private Future<Answer> call(Registry.Destination destination, URI found, EndpointCall by) {
    NonReplayableBody body = new NonReplayableBody(HttpRequest.BodyPublishers.ofString("{}"));
    ApiRequest.Built request =
        new ApiRequest.Built(
            HttpRequest.newBuilder(found).POST(body).build(),
            body.sentSignal(),
            new Exchange.Request("POST", found.toString(), Map.of(), "{}"));
    return threads.submit(() -> by.call(destination, request));
  }

  /** What an agent's first call loads, others would load beside it, or wait for. */
  @Test
  void anAgentOfThisMachineGetsOneAtATimeUntilItHasAnsweredAndSixteenThen() throws Exception {
    Registry.Destination agent = destination("welcome-agent", "https://api.example/quick");
    URI here = new Here(functions.getAddress().getPort()).locate(URI.create(agent.endpoint()));
    assertThat(calls.maxConcurrent(agent)).isEqualTo(1);
    // A port of nobody: reserved, and never listened on.
    assertThat(call(agent, URI.create("http://127.0.0.1:1/")).get(60, SECONDS))
        .isInstanceOf(Answer.NotConnected.class);
    assertThat(calls.maxConcurrent(agent)).isEqualTo(1);
    assertThat(call(agent, here).get(60, SECONDS)).isInstanceOf(Answer.Answered.class);
    assertThat(calls.maxConcurrent(agent)).isEqualTo(16);
    // Whatever it is called, another one has not answered yet.
    assertThat(calls.maxConcurrent(destination("welcome-agent", "https://api.example/quick")))
        .isEqualTo(1);
  }

  /** Its method is one that the JDK's client refuses to send. */
  private static final class NotSendable extends HttpRequest {
    private final URI uri;

    private NotSendable(URI uri) {
      this.uri = uri;
    }

    @Override
    public Optional<BodyPublisher> bodyPublisher() {
      return Optional.empty();
    }

    @Override
    public String method() {
      return "CONNECT";
    }

    @Override
    public Optional<Duration> timeout() {
      return Optional.empty();
    }

    @Override
    public boolean expectContinue() {
      return false;
    }

    @Override
    public URI uri() {
      return uri;
    }

    @Override
    public Optional<HttpClient.Version> version() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return HttpHeaders.of(Map.of(), (_, _) -> true);
    }
  }

  @Test
  void anEndpointElsewhereGetsSixtyFourFromTheBeginning() {
    assertThat(
            new EndpointCall(new Nowhere(), EndpointCall.client())
                .maxConcurrent(destination("elsewhere", "https://agent.example/")))
        .isEqualTo(64);
  }

  /**
   * The JDK's client throws at once at a method that it does not send. As many such calls as may
   * compute at a time, and the next one still gets its turn.
   */
  @Test
  void aCallThatCannotBeSentTakesNobodysTurn() throws Exception {
    int atOnce = 2 * Runtime.getRuntime().availableProcessors();
    Registry.Destination agent = destination("welcome-agent", "https://api.example/quick");
    URI here = new Here(functions.getAddress().getPort()).locate(URI.create(agent.endpoint()));
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Exchange.Request shown = new Exchange.Request("CONNECT", here.toString(), Map.of(), "");
    for (int i = 0; i < atOnce; i++) {
      ApiRequest.Built request = new ApiRequest.Built(new NotSendable(here), sent, shown);
      assertThat(threads.submit(() -> calls.call(agent, request)))
          .failsWithin(Duration.ofSeconds(60))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(IllegalArgumentException.class);
    }
    assertThat(call(agent, here).get(60, SECONDS)).isInstanceOf(Answer.Answered.class);
  }

  @Test
  void agentsThatWaitForSomethingKeepNoOtherFromItsTurn()
      throws InterruptedException, ExecutionException, TimeoutException {
    int more = 4 * Runtime.getRuntime().availableProcessors() + 4;
    for (int i = 0; i < more; i++) {
      Future<Answer> _ = call("slow-" + i, "/slow");
    }
    await().atMost(Duration.ofSeconds(4)).untilAsserted(() -> assertThat(slow).hasValue(more));
    assertThat(call("welcome-agent", "/quick").get(4, SECONDS)).isInstanceOf(Answer.Answered.class);
  }

  /** 25 of 450 kB at once, parsed several times each, ran into the time-out together. */
  @Test
  void aLargeBodyIsTakenToComputeForLonger() {
    assertThat(EndpointCall.computeMillis("x".repeat(2))).isEqualTo(100);
    assertThat(EndpointCall.computeMillis("x".repeat(16_000))).isEqualTo(100);
    assertThat(EndpointCall.computeMillis("x".repeat(450_000))).isBetween(2_000L, 4_000L);
    assertThat(EndpointCall.computeMillis("x".repeat(1_000_000)))
        .isGreaterThan(EndpointCall.TIMEOUT.toMillis());
  }

  /**
   * An endpoint that accepts no connection for now: Linux drops what comes when a backlog is full,
   * and the client's system knocks again after a second or more.
   */
  private static List<Socket> fill(ServerSocket endpoint) throws IOException {
    List<Socket> waiting = new ArrayList<>();
    for (boolean isFull = false; !isFull; ) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(endpoint.getLocalSocketAddress(), 300);
      } catch (SocketTimeoutException e) {
        isFull = true;
      }
    }
    return waiting;
  }

  /**
   * A connection that is long in the making takes nothing from the five seconds; on a machine with
   * much to do it may be long.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theFiveSecondsBeginWhenTheRequestIsSent() throws Exception {
    try (ServerSocket endpoint = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> waiting = fill(endpoint);
      String url = "http://127.0.0.1:" + endpoint.getLocalPort() + "/";
      long start = System.nanoTime();
      Future<Answer> answer =
          call(
              destination("elsewhere", url),
              URI.create(url),
              new EndpointCall(new Nowhere(), EndpointCall.client()));
      CompletableFuture.delayedExecutor(2, SECONDS, threads)
          .execute(
              () -> {
                try {
                  for (int i = 0; i <= waiting.size(); i++) {
                    accepted.add(endpoint.accept());
                  }
                } catch (IOException e) {
                  assertThat(endpoint.isClosed()).isTrue();
                }
              });
      assertThat(answer.get(60, SECONDS)).isInstanceOf(Answer.TimedOut.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(6900));
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  /**
   * What was never sent was not delivered: it is a connection that failed, and no endpoint that did
   * not answer.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void withoutAConnectionAfterFiveSecondsNothingWasSent() throws Exception {
    try (ServerSocket endpoint = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> waiting = fill(endpoint);
      String url = "http://127.0.0.1:" + endpoint.getLocalPort() + "/";
      assertThat(
              call(
                      destination("elsewhere", url),
                      URI.create(url),
                      new EndpointCall(new Nowhere(), EndpointCall.client()))
                  .get(60, SECONDS))
          .isInstanceOf(Answer.NotConnected.class);
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }
}

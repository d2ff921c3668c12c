package agentpost.local.eventbridge.targets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
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
import java.util.function.Consumer;
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
  private final EndpointClient client = EndpointClient.create();
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
    calls = new EndpointCall(new Here(functions.getAddress().getPort()), client);
  }

  @AfterEach
  void stop() throws IOException {
    held.countDown();
    threads.shutdownNow();
    timeline.close();
    functions.stop(0);
    client.close();
    for (Socket socket : accepted) {
      socket.close();
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
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

  private Future<Answer> call(String agent, String path, EndpointCall by) {
    Registry.Destination destination = destination(agent, "https://api.example" + path);
    return call(
        destination,
        new Here(functions.getAddress().getPort()).locate(URI.create(destination.endpoint())),
        by);
  }

  private Future<Answer> call(Registry.Destination destination, URI found) {
    return call(destination, found, calls);
  }

  private Future<Answer> call(Registry.Destination destination, URI found, EndpointCall by) {
    ApiRequest.Built request =
        new ApiRequest.Built(
            new EndpointClient.Request("POST", found, Map.of("Connection", "close"), "{}"),
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

  /** Throws so many times before it sends. */
  private record FailingFirst(EndpointClient client, AtomicInteger times)
      implements EndpointClient {
    @Override
    public CompletableFuture<Response> send(
        Request request, Runnable onSent, Consumer<byte[]> onContent) {
      if (times.getAndDecrement() > 0) {
        throw new IllegalStateException("not sent");
      }
      return client.send(request, onSent, onContent);
    }

    @Override
    public void close() {}
  }

  @Test
  void anEndpointElsewhereGetsSixtyFourFromTheBeginning() {
    assertThat(
            new EndpointCall(new Nowhere(), client)
                .maxConcurrent(destination("elsewhere", "https://agent.example/")))
        .isEqualTo(64);
  }

  /** As many calls that fail at once as may compute at a time, and the next still gets its turn. */
  @Test
  void aCallThatCannotBeSentTakesNobodysTurn() throws Exception {
    int atOnce = 2 * Runtime.getRuntime().availableProcessors();
    Registry.Destination agent = destination("welcome-agent", "https://api.example/quick");
    URI here = new Here(functions.getAddress().getPort()).locate(URI.create(agent.endpoint()));
    EndpointCall failing =
        new EndpointCall(
            new Here(functions.getAddress().getPort()),
            new FailingFirst(client, new AtomicInteger(atOnce)));
    for (int i = 0; i < atOnce; i++) {
      assertThat(call(agent, here, failing))
          .failsWithin(Duration.ofSeconds(60))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(IllegalStateException.class);
    }
    assertThat(call(agent, here, failing).get(60, SECONDS)).isInstanceOf(Answer.Answered.class);
  }

  /**
   * EventBridge asks for the connection to be closed. Many servers do so without saying it in the
   * answer; what is sent over it meanwhile would be lost, and count as a failed attempt.
   */
  @Test
  void nothingMoreIsSentOverAConnectionThatWasAskedToBeClosed() throws Exception {
    List<Integer> requests = new CopyOnWriteArrayList<>();
    try (ServerSocket endpoint = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Future<?> _ =
          threads.submit(
              () -> {
                while (true) {
                  Socket socket = endpoint.accept();
                  accepted.add(socket);
                  int number = accepted.size();
                  Future<Void> _ = threads.submit(() -> answerAll(socket, number, requests));
                }
              });
      String url = "http://127.0.0.1:" + endpoint.getLocalPort() + "/";
      EndpointCall elsewhere = new EndpointCall(new Nowhere(), client);
      for (int i = 0; i < 3; i++) {
        assertThat(call(destination("elsewhere", url), URI.create(url), elsewhere).get(60, SECONDS))
            .isInstanceOf(Answer.Answered.class);
      }
    }
    assertThat(requests).containsExactly(1, 2, 3);
  }

  /** Answers every request, and keeps the connection as long as the client does. */
  private static Void answerAll(Socket socket, int number, List<Integer> requests)
      throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("POST ")) {
        requests.add(number);
      }
      if (line.isEmpty()) {
        in.read(new char["{}".length()]);
        socket
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
      }
    }
    return null;
  }

  /** Each has a minute, so that however slow this machine is none gives up and lets another in. */
  @Test
  void agentsThatWaitForSomethingKeepNoOtherFromItsTurn()
      throws InterruptedException, ExecutionException, TimeoutException {
    EndpointCall patient =
        new EndpointCall(new Here(functions.getAddress().getPort()), client, Duration.ofMinutes(1));
    int more = 4 * Runtime.getRuntime().availableProcessors() + 4;
    for (int i = 0; i < more; i++) {
      Future<Answer> _ = call("slow-" + i, "/slow", patient);
    }
    await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(slow).hasValue(more));
    assertThat(call("welcome-agent", "/quick", patient).get(40, SECONDS))
        .isInstanceOf(Answer.Answered.class);
  }

  /** 25 of 450 kB at once, parsed several times each, ran into the time-out together. */
  @Test
  void aLargeBodyIsTakenToComputeForLonger() {
    assertThat(EndpointCall.computeMillis(2)).isEqualTo(100);
    assertThat(EndpointCall.computeMillis(16_000)).isEqualTo(100);
    assertThat(EndpointCall.computeMillis(450_000)).isBetween(2_000L, 4_000L);
    assertThat(EndpointCall.computeMillis(1_000_000))
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
              new EndpointCall(new Nowhere(), client));
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
                      new EndpointCall(new Nowhere(), client))
                  .get(60, SECONDS))
          .isInstanceOf(Answer.NotConnected.class);
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }
}

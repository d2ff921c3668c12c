package agentpost.cli.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.Target;

/**
 * Events on several buses, each of which has four plain receivers and an archive, from several
 * callers at once, ten a call; counts what comes of each. A program too: {@code BusLoad ENDPOINT
 * EVENTS}.
 */
final class BusLoad implements AutoCloseable {
  private static final int BUSES = 8;
  private static final int RECEIVERS = 4;
  private static final int CALLERS = 4;
  private static final int ENTRIES_A_CALL = 10;
  private static final int RATE_OUT_OF_THE_WAY = 5000;
  private static final Duration RETRY_DELAY = Duration.ofMillis(50);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final int count;
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final EventBridgeClient events;
  private final List<HttpServer> servers = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** How often each receiver of its bus got an event. */
  private final List<AtomicIntegerArray> received;

  private final AtomicInteger deliveries = new AtomicInteger();
  private volatile long lastNanos = System.nanoTime();
  private final AtomicInteger throttled = new AtomicInteger();

  BusLoad(URI endpoint, int count) throws IOException {
    this.count = count;
    this.received =
        IntStream.range(0, RECEIVERS).mapToObj(_ -> new AtomicIntegerArray(count)).toList();
    this.events =
        EventBridgeClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    String connection =
        events
            .createConnection(
                c ->
                    c.name("load-" + run)
                        .authorizationType(ConnectionAuthorizationType.API_KEY)
                        .authParameters(
                            p ->
                                p.apiKeyAuthParameters(
                                    k -> k.apiKeyName("x-key").apiKeyValue("load"))))
            .connectionArn();
    for (int i = 0; i < BUSES; i++) {
      String bus = bus(i);
      String busArn = events.createEventBus(b -> b.name(bus)).eventBusArn();
      events.createArchive(a -> a.archiveName(bus).eventSourceArn(busArn));
      for (int receiver = 0; receiver < RECEIVERS; receiver++) {
        subscribe(bus, bus + "-" + receiver, connection, receiver(received.get(receiver)));
      }
    }
  }

  private String bus(int event) {
    return "load-" + run + "-" + event % BUSES;
  }

  private String receiver(AtomicIntegerArray counts) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    server.setExecutor(threads);
    server.createContext("/", exchange -> receive(exchange, counts));
    server.start();
    servers.add(server);
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  private void receive(HttpExchange exchange, AtomicIntegerArray counts) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    counts.incrementAndGet(
        Integer.parseInt(body.replaceFirst("(?s).*\"event_id\":\"load-(\\d+)\".*", "$1")));
    deliveries.incrementAndGet();
    lastNanos = System.nanoTime();
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void subscribe(String bus, String name, String connection, String url) {
    String destination =
        events
            .createApiDestination(
                d ->
                    d.name(name)
                        .connectionArn(connection)
                        .invocationEndpoint(url)
                        .httpMethod(ApiDestinationHttpMethod.POST)
                        .invocationRateLimitPerSecond(RATE_OUT_OF_THE_WAY))
            .apiDestinationArn();
    events.putRule(
        rule ->
            rule.name(name)
                .eventBusName(bus)
                .eventPattern("{\"detail-type\":[\"user.signed_up\"]}"));
    Target target =
        Target.builder()
            .id("t")
            .arn(destination)
            .roleArn("arn:aws:iam::000000000000:role/load")
            .inputPath("$.detail")
            .build();
    events.putTargets(put -> put.rule(name).eventBusName(bus).targets(target));
  }

  /**
   * Puts every event, those again that are throttled; the calls' latencies in nanoseconds, sorted.
   */
  long[] put() throws InterruptedException, ExecutionException {
    int calls = (count + ENTRIES_A_CALL - 1) / ENTRIES_A_CALL;
    long[] latencies = new long[calls];
    List<Future<?>> callers = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int first = caller;
      callers.add(
          threads.submit(
              () -> {
                for (int call = first; call < calls; call += CALLERS) {
                  latencies[call] =
                      put(
                          IntStream.range(
                                  call * ENTRIES_A_CALL,
                                  Math.min(count, (call + 1) * ENTRIES_A_CALL))
                              .mapToObj(this::entry)
                              .toList());
                }
              }));
    }
    for (Future<?> caller : callers) {
      caller.get();
    }
    Arrays.sort(latencies);
    return latencies;
  }

  private PutEventsRequestEntry entry(int number) {
    return PutEventsRequestEntry.builder()
        .eventBusName(bus(number))
        .source("authentication_service")
        .detailType("user.signed_up")
        .detail(
            """
            {"event_id":"load-%d","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z","data":{"user_id":"usr-%d","email":"ada@example.com",\
            "plan":"premium_trial","signup_source":"marketing_campaign_xyz","location":"US-CA"},\
            "metadata":{"source_service":"authentication_service","correlation_id":"corr-%d"}}\
            """
                .formatted(number, number, number))
        .build();
  }

  /**
   * @return how long the first call took
   */
  private long put(List<PutEventsRequestEntry> entries) {
    long start = System.nanoTime();
    List<PutEventsRequestEntry> left = refused(entries);
    long took = System.nanoTime() - start;
    while (!left.isEmpty()) {
      LockSupport.parkNanos(RETRY_DELAY.toNanos());
      left = refused(left);
    }
    return took;
  }

  private List<PutEventsRequestEntry> refused(List<PutEventsRequestEntry> entries) {
    PutEventsResponse answer = events.putEvents(put -> put.entries(entries));
    List<PutEventsRequestEntry> left = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      String code = answer.entries().get(i).errorCode();
      if (code != null) {
        if (!code.equals("ThrottlingException")) {
          throw new IllegalStateException("PutEvents refused an entry: " + answer.entries().get(i));
        }
        left.add(entries.get(i));
      }
    }
    throttled.addAndGet(left.size());
    return left;
  }

  int expected() {
    return count * RECEIVERS;
  }

  int deliveries() {
    return deliveries.get();
  }

  /** All have come, or none has for so long. */
  boolean isOver(Duration withoutOne) {
    return deliveries() >= expected() || isStillFor(withoutOne);
  }

  /** Nothing has come for so long. */
  private boolean isStillFor(Duration withoutOne) {
    return System.nanoTime() - lastNanos > withoutOne.toNanos();
  }

  /** How often an entry was answered with ThrottlingException. */
  int throttled() {
    return throttled.get();
  }

  /** How many deliveries came so often. */
  long times(int often) {
    return received.stream()
        .mapToLong(
            counts -> IntStream.range(0, count).filter(event -> counts.get(event) == often).count())
        .sum();
  }

  /** Events that the buses' archives say they have. */
  long archived() {
    return IntStream.range(0, BUSES)
        .mapToLong(bus -> events.describeArchive(a -> a.archiveName(bus(bus))).eventCount())
        .sum();
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
    events.close();
  }

  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    try (BusLoad load = new BusLoad(URI.create(args[0]), Integer.parseInt(args[1]))) {
      long start = System.nanoTime();
      long[] latencies = load.put();
      double putSeconds = (System.nanoTime() - start) / 1e9;
      await()
          .forever()
          .pollInterval(POLL_INTERVAL)
          .until(() -> load.isOver(Duration.ofSeconds(30)));
      double seconds = (System.nanoTime() - start) / 1e9;
      // What is made twice comes seconds later.
      await()
          .forever()
          .pollInterval(POLL_INTERVAL)
          .until(() -> load.isStillFor(Duration.ofSeconds(7)));
      System.out.printf(
          Locale.ROOT,
          "%s events put in %.1f s, through in %.1f s (%.0f/s): once %d, never %d, twice or more"
              + " %d, throttled %d, archived %d; PutEvents p50 %.1f ms, p99 %.1f ms%n",
          args[1],
          putSeconds,
          seconds,
          load.count / seconds,
          load.times(1),
          load.times(0),
          load.expected() - load.times(1) - load.times(0),
          load.throttled(),
          load.archived(),
          latencies[latencies.length / 2] / 1e6,
          latencies[latencies.length * 99 / 100] / 1e6);
    }
    System.exit(0);
  }
}

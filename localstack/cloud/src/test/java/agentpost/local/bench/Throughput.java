package agentpost.local.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.core.ConditionFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;

/**
 * Events a second, from the first PutEvents to the last delivery.
 *
 * <pre>Throughput ENDPOINT receivers|hosted EVENTS [CLIENTS [RATE]]</pre>
 *
 * {@code receivers}: four plain HTTP receivers behind four rules and API destinations made here.
 * {@code hosted}: the deployed template's four agents of a sign-up; an event counts when each has
 * marked its claim done, so after it has acted and published. With the shipped catalog a sign-up is
 * delivered nine times, for onboarding is joined too; take {@code onboarding-coordinator} out to
 * have the four alone. One event a PutEvents call, as fast as the calls return or, with RATE, so
 * many a second: how long a call takes says something only where calls do not wait for each other.
 * The receivers' rate limit is set out of the way; the hosted agents have the catalog's.
 */
public final class Throughput {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  /**
   * Events before those that count: what is measured is the running cloud, not the compiler that
   * the first seconds keep busy.
   */
  private static final int WARM_UP = 3000;

  private static final List<String> AGENTS =
      List.of("welcome-agent", "trial-monitor", "personalization-agent", "support-notification");

  private final StaticCredentialsProvider credentials =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("bench", "bench"));
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI endpoint;
  private final int rate;
  private final EventBridgeClient events;

  /**
   * @param rate events a second at most
   */
  private Throughput(URI endpoint, int rate) {
    this.endpoint = endpoint;
    this.rate = rate;
    this.events =
        EventBridgeClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  public static void main(String[] args) throws Exception {
    if (args.length < 3) {
      System.err.println("usage: Throughput ENDPOINT receivers|hosted EVENTS [CLIENTS [RATE]]");
      System.exit(2);
    }
    Throughput bench =
        new Throughput(
            URI.create(args[0]), args.length > 4 ? Integer.parseInt(args[4]) : Integer.MAX_VALUE);
    int count = Integer.parseInt(args[2]);
    int clients = args.length > 3 ? Integer.parseInt(args[3]) : 4;
    switch (args[1]) {
      case "receivers" -> bench.receivers(count, clients);
      case "hosted" -> bench.hosted(count, clients);
      default ->
          throw new IllegalArgumentException(
              "no such measurement: " + args[1] + "; there are receivers and hosted");
    }
  }

  private void receivers(int count, int clients) throws Exception {
    String bus = "bench-" + UUID.randomUUID();
    events.createEventBus(b -> b.name(bus));
    String connection =
        events
            .createConnection(
                b ->
                    b.name(bus.substring(0, 30))
                        .authorizationType(ConnectionAuthorizationType.API_KEY)
                        .authParameters(
                            p ->
                                p.apiKeyAuthParameters(
                                    k -> k.apiKeyName("x-api-key").apiKeyValue("bench"))))
            .connectionArn();
    List<Receiver> receivers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = bus.substring(0, 30) + "-" + i;
      Receiver receiver = new Receiver();
      receivers.add(receiver);
      String destination =
          events
              .createApiDestination(
                  b ->
                      b.name(name)
                          .connectionArn(connection)
                          .invocationEndpoint(receiver.url())
                          .httpMethod(ApiDestinationHttpMethod.POST)
                          .invocationRateLimitPerSecond(5000))
              .apiDestinationArn();
      events.putRule(
          b ->
              b.name(name)
                  .eventBusName(bus)
                  .eventPattern("{\"detail-type\":[\"user.signed_up\"]}"));
      Target target =
          Target.builder()
              .id("t")
              .arn(destination)
              .roleArn("arn:aws:iam::000000000000:role/bench")
              .inputPath("$.detail")
              .build();
      events.putTargets(b -> b.rule(name).eventBusName(bus).targets(target));
    }
    warmUp(bus, receivers);
    int before = receivers.getFirst().distinctEvents();
    long start = System.nanoTime();
    long[] latencies = put(bus, count, clients);
    allArrived()
        .until(() -> receivers.stream().allMatch(r -> r.distinctEvents() - before >= count));
    long last = receivers.stream().mapToLong(Receiver::lastNanos).max().orElseThrow();
    report(count, last - start, latencies);
    for (Receiver receiver : receivers) {
      receiver.close();
    }
    System.exit(0);
  }

  private void hosted(int count, int clients) throws Exception {
    DynamoDbClient tables =
        DynamoDbClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    put("agentpost", WARM_UP, clients);
    allArrived().until(this::settled);
    int before = done(tables);
    long start = System.nanoTime();
    long[] latencies = put("agentpost", count, clients);
    allArrived().until(this::settled);
    long took = System.nanoTime() - start;
    int done = done(tables) - before;
    if (done != 4 * count) {
      throw new IllegalStateException(
          "of " + 4 * count + " deliveries " + done + " are marked done");
    }
    report(count, took, latencies);
    System.exit(0);
  }

  /**
   * Asking how many deliveries are in flight costs the cloud next to nothing; counting the claims
   * does not.
   */
  private boolean settled() {
    try {
      HttpRequest health = HttpRequest.newBuilder(endpoint.resolve("/_agentpost/health")).build();
      return http.send(health, HttpResponse.BodyHandlers.ofString())
          .body()
          .contains("\"in_flight\":0,");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void warmUp(String bus, List<Receiver> receivers) throws Exception {
    put(bus, WARM_UP, 4);
    allArrived().until(() -> receivers.stream().allMatch(r -> r.distinctEvents() >= WARM_UP));
  }

  private static int done(DynamoDbClient tables) {
    Map<String, AttributeValue> values =
        new HashMap<>(Map.of(":done", AttributeValue.fromS("DONE")));
    AGENTS.forEach(agent -> values.put(":" + agent.charAt(0), AttributeValue.fromS(agent)));
    ScanRequest scan =
        ScanRequest.builder()
            .tableName("agentpost-claims")
            .select(Select.COUNT)
            .filterExpression("#s = :done AND #a IN (:w, :t, :p, :s)")
            .expressionAttributeNames(Map.of("#s", "status", "#a", "agent"))
            .expressionAttributeValues(values)
            .build();
    return tables.scanPaginator(scan).stream().mapToInt(page -> page.count()).sum();
  }

  /**
   * Puts one event a call from so many clients at once; the calls' latencies in nanoseconds,
   * sorted.
   */
  private long[] put(String bus, int count, int clients)
      throws InterruptedException, ExecutionException {
    long[] latencies = new long[count];
    long start = System.nanoTime();
    try (ExecutorService pool = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> running = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        int first = client;
        running.add(
            pool.submit(
                () -> {
                  for (int i = first; i < count; i += clients) {
                    LockSupport.parkNanos(start + i * 1_000_000_000L / rate - System.nanoTime());
                    latencies[i] = putOne(bus, i);
                  }
                }));
      }
      for (Future<?> client : running) {
        client.get();
      }
    }
    Arrays.sort(latencies);
    return latencies;
  }

  private long putOne(String bus, int number) {
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .eventBusName(bus)
            .source("authentication_service")
            .detailType("user.signed_up")
            .detail(
                """
                {"event_id":"%s","event_type":"user.signed_up","timestamp":"%s","data":{"user_id":"usr-%d","email":"ada@example.com",\
                "plan":"premium_trial","signup_source":"marketing_campaign_xyz","location":"US-CA"},\
                "metadata":{"source_service":"authentication_service","correlation_id":"corr-%d"}}\
                """
                    .formatted(UUID.randomUUID(), Instant.now(), number, number))
            .build();
    long start = System.nanoTime();
    int failed = events.putEvents(b -> b.entries(entry)).failedEntryCount();
    long took = System.nanoTime() - start;
    if (failed != 0) {
      throw new IllegalStateException("PutEvents refused an entry");
    }
    return took;
  }

  private static ConditionFactory allArrived() {
    return await("all events at their receivers")
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(50));
  }

  private static void report(int count, long nanos, long[] latencies) {
    System.out.printf(
        Locale.ROOT,
        "%d events to 4 receivers in %.2f s: %.0f events/s; PutEvents p50 %.1f ms, p99 %.1f ms%n",
        count,
        nanos / 1e9,
        count / (nanos / 1e9),
        latencies[count / 2] / 1e6,
        latencies[count * 99 / 100] / 1e6);
  }
}

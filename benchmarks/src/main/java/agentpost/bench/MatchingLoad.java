package agentpost.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** A bus with many rules, of which an event's type says how many match, to one receiver. */
final class MatchingLoad implements AutoCloseable {
  private static final String BUS = "growth";
  private static final int BATCH = 10;
  private static final int RATE_OUT_OF_THE_WAY = 1_000_000;

  private final EventBridgeClient events;
  private final HttpServer receiver;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile CountDownLatch expected = new CountDownLatch(0);

  /**
   * @param matching numbers of rules that are to match
   */
  MatchingLoad(URI endpoint, int rules, int... matching) throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    receiver.setExecutor(threads);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          expected.countDown();
        });
    receiver.start();
    events =
        EventBridgeClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    events.createEventBus(bus -> bus.name(BUS));
    String connection =
        events
            .createConnection(
                c ->
                    c.name(BUS)
                        .authorizationType(ConnectionAuthorizationType.API_KEY)
                        .authParameters(
                            p ->
                                p.apiKeyAuthParameters(
                                    key -> key.apiKeyName("x-key").apiKeyValue("growth"))))
            .connectionArn();
    String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
    for (int rule = 0; rule < rules; rule++) {
      subscribe(rule, connection, url, matching);
    }
  }

  private void subscribe(int rule, String connection, String url, int... matching) {
    String name = BUS + "-" + rule;
    String types =
        String.join(
            ",",
            IntStream.of(matching)
                .filter(number -> rule < number)
                .mapToObj(number -> "\"" + number + "\"")
                .toList());
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
        put -> put.name(name).eventBusName(BUS).eventPattern("{\"detail-type\":[" + types + "]}"));
    events.putTargets(
        put ->
            put.rule(name)
                .eventBusName(BUS)
                .targets(
                    target ->
                        target
                            .id("1")
                            .arn(destination)
                            .roleArn("arn:aws:iam::000000000000:role/any")));
  }

  /** The seconds until the last of these events came to the last of its receivers. */
  double run(int matching, int count) throws InterruptedException {
    CountDownLatch all = new CountDownLatch(matching * count);
    expected = all;
    long began = System.nanoTime();
    List<PutEventsRequestEntry> batch = new ArrayList<>();
    for (int event = 0; event < count; event++) {
      batch.add(
          PutEventsRequestEntry.builder()
              .eventBusName(BUS)
              .source("growth")
              .detailType(Integer.toString(matching))
              .detail("{\"number\":" + event + "}")
              .build());
      if (batch.size() == BATCH || event == count - 1) {
        List<PutEventsRequestEntry> entries = List.copyOf(batch);
        if (events.putEvents(put -> put.entries(entries)).failedEntryCount() != 0) {
          throw new IllegalStateException("the bus took no more");
        }
        batch.clear();
      }
    }
    if (!all.await(2, TimeUnit.MINUTES)) {
      throw new IllegalStateException(all.getCount() + " deliveries did not come");
    }
    return (System.nanoTime() - began) / 1e9;
  }

  @Override
  public void close() {
    events.close();
    receiver.stop(0);
    threads.close();
  }
}

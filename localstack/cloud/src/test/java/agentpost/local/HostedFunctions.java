package agentpost.local;

import agentpost.delivery.InvokeClient;
import agentpost.local.apigateway.RestApiService;
import agentpost.local.dynamodb.DynamoDbService;
import agentpost.local.dynamodb.TableFactory;
import agentpost.local.email.Outbox;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.frontdoor.FrontDoorLimits;
import agentpost.local.frontdoor.Gateway;
import agentpost.local.frontdoor.InProcessHttpClient;
import agentpost.local.frontdoor.Router;
import agentpost.local.lambda.AsyncInvocations;
import agentpost.local.lambda.FrontDoorClient;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.lambda.LambdaService;
import agentpost.local.lambda.LocalNetwork;
import agentpost.local.time.ScaledTimeline;
import agentpost.local.time.Timeline;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.lambda.LambdaClientBuilder;
import software.amazon.awssdk.services.sesv2.SesV2ClientBuilder;

/**
 * What another cloud cannot run without Docker, out of the local cloud's parts: functions, the API
 * in front of them, tables and the mail they send. Everything else functions ask for is the other
 * cloud's.
 */
public final class HostedFunctions implements AutoCloseable {
  private static final String CONTAINERS_NAME_OF_THIS_MACHINE = "host.testcontainers.internal";
  private static final Pattern API =
      Pattern.compile("https://([a-z0-9]+)\\.execute-api\\.us-east-1\\.amazonaws\\.com(/.*)");

  private final int port;
  private final AwsClients elsewhere;
  private final DynamoDbService tables;
  private final Outbox outbox = new Outbox();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Timeline timeline = new ScaledTimeline(1, Clock.systemUTC());
  private final FunctionHost functions;
  private final RestApiService apis;
  private final SdkHttpClient http;
  private final Gateway gateway;

  /**
   * @param port where the other cloud invokes functions and posts to the API; 0 for a free one
   * @param elsewhere clients of the other cloud
   */
  public HostedFunctions(int port, AwsClients elsewhere) throws Exception {
    this.port = port == 0 ? freePort() : port;
    this.elsewhere = elsewhere;
    this.tables = new DynamoDbService();
    HttpClient plain =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    HttpClient frontDoor = new FrontDoorClient(plain, new FrontDoor());
    InstantSource deadlines = () -> Instant.now().plus(ahead.get());
    this.functions =
        new FunctionHost(
            (name, environment) ->
                new Platform(
                    environment,
                    Clock.systemUTC(),
                    deadlines.withZone(ZoneOffset.UTC),
                    clients(),
                    frontDoor,
                    new LocalNetwork(() -> this.port),
                    line -> log.add(name + " " + line)),
            (name, line) -> log.add(name + " " + line));
    AsyncInvocations unanswered =
        new AsyncInvocations(functions, timeline, (name, line) -> log.add(name + " " + line));
    this.apis = new RestApiService(functions);
    LambdaService lambda = new LambdaService(functions, unanswered, _ -> Optional.empty());
    Router router =
        new Router(
            apis,
            Map.of(),
            Map.of("DynamoDB_20120810", new Router.Service("dynamodb", tables)),
            Map.of(
                "/v2/email",
                new Router.Service("ses", outbox),
                LambdaService.CONCURRENCY_PREFIX,
                new Router.Service("lambda", lambda),
                LambdaService.PREFIX,
                new Router.Service("lambda", lambda)),
            Map.of());
    this.http = new InProcessHttpClient(router, "test");
    this.gateway =
        new Gateway(
            this.port,
            Gateway.LOOPBACK,
            Set.of(CONTAINERS_NAME_OF_THIS_MACHINE),
            FrontDoorLimits.DEFAULT,
            router);
    gateway.open();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private final class FrontDoor implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      throw new UnsupportedOperationException("EventBridge is elsewhere");
    }

    @Override
    public Optional<Failure> invoke(String functionArn, String event) {
      throw new UnsupportedOperationException("EventBridge is elsewhere");
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      throw new UnsupportedOperationException("EventBridge is elsewhere");
    }

    @Override
    public URI locate(URI endpoint) {
      return URI.create(located(endpoint.toString(), "http://127.0.0.1:" + port));
    }
  }

  /**
   * Where a URL leads: the API's own https name to its front door here.
   *
   * @param here how this JVM is reached
   */
  public String located(String url, String here) {
    Matcher api = API.matcher(url);
    return api.matches() ? here + RestApiService.PREFIX + api.group(1) + api.group(2) : url;
  }

  public int port() {
    return port;
  }

  /** As functions have them. */
  public AwsClients clients() {
    return new AwsClients() {
      @Override
      public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
          B builder) {
        boolean here =
            builder instanceof DynamoDbClientBuilder
                || builder instanceof SesV2ClientBuilder
                || builder instanceof LambdaClientBuilder
                || builder instanceof InvokeClient.Builder;
        return here
            ? builder
                .httpClient(http)
                .credentialsProvider(
                    StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("hosted", "hosted")))
                .region(Region.US_EAST_1)
                .endpointOverride(URI.create("http://localhost:" + port))
                .build()
            : elsewhere.create(builder);
      }
    };
  }

  public void deploy(String name, JsonNode function) {
    Map<String, String> environment = new HashMap<>();
    function
        .at("/Environment/Variables")
        .properties()
        .forEach(variable -> environment.put(variable.getKey(), variable.getValue().asText()));
    OptionalInt reserved =
        function.hasNonNull("ReservedConcurrentExecutions")
            ? OptionalInt.of(function.path("ReservedConcurrentExecutions").asInt())
            : OptionalInt.empty();
    functions.deploy(
        name,
        function.path("Handler").asText(),
        environment,
        Duration.ofSeconds(function.path("Timeout").asInt(3)),
        reserved);
  }

  public void deployApi(String api, JsonNode document, JsonNode policy) {
    apis.deploy(api, document, policy);
  }

  public void createTable(ObjectNode table) {
    new TableFactory(this::clients).create(table);
  }

  public List<Outbox.Mail> outbox() {
    return outbox.mails();
  }

  /** A function's name and a line, each. */
  public List<String> log() {
    return log;
  }

  /** Functions hold deadlines by a clock that is so much ahead from now on. */
  public void ahead(Duration by) {
    ahead.set(by);
  }

  @Override
  public void close() {
    gateway.shut();
    timeline.close();
    functions.close();
    tables.stop();
  }
}

package agentpost.deadletter;

import agentpost.catalog.AgentName;
import agentpost.delivery.AgentDirectory;
import agentpost.delivery.CircuitBreaker;
import agentpost.delivery.SignedDelivery;
import agentpost.health.HealthTable;
import agentpost.health.OutageAnnouncer;
import agentpost.health.RecoveryStore;
import agentpost.health.SuspensionAnnouncer;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.publish.EventBridgePublisher;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import com.amazonaws.services.lambda.runtime.Context;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.eventbridge.EventBridgeClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;

/**
 * Agents with their dead letters, a table that is DynamoDB's, and time that is moved. Every pause
 * and every answer moves it.
 */
final class RecoveryTestBed implements AutoCloseable {
  private static final SqsClient NO_QUEUES =
      (SqsClient)
          Proxy.newProxyInstance(
              SqsClient.class.getClassLoader(),
              new Class<?>[] {SqsClient.class},
              (_, method, _) -> {
                throw new IllegalStateException("SQS is asked: " + method.getName());
              });

  private static final Context FIFTY_SECONDS =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(), new Class<?>[] {Context.class}, (_, _, _) -> 50_000);

  record Asked(String agent, String eventId, Instant at) {}

  final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  final LocalTables tables = new LocalTables();
  final FakeBus bus = new FakeBus();
  private final FakeDirectory directory = new FakeDirectory();
  final FakeSecretsManager secrets = new FakeSecretsManager().with(FakeDirectory.AGENTS, directory);
  final Steps steps = new Steps();
  final List<Asked> asked = new CopyOnWriteArrayList<>();
  final List<String> log = new CopyOnWriteArrayList<>();
  private final Map<AgentName, Letters> queues = new ConcurrentHashMap<>();
  private final Map<String, FakeHttp.OtherSide> agents = new ConcurrentHashMap<>();

  /** An agent that takes everything, and its letters. */
  Letters agent(String name, String settings) {
    directory.with(
        name,
        "{\"endpoint\":\"https://"
            + name
            + ".example.com/"
            + name
            + "\","
            + settings.replace('\'', '"')
            + "}");
    secrets.with("agentpost/agents/" + name, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    Letters letters = new Letters(clock, steps);
    queues.put(new AgentName(name), letters);
    answers(name, 200);
    return letters;
  }

  void answers(String agent, FakeHttp.OtherSide otherSide) {
    agents.put(agent, otherSide);
  }

  void answers(String agent, int status) {
    answers(agent, _ -> Response.json(status, "{}"));
  }

  private Response answered(Request request) throws IOException {
    steps.step();
    String agent = request.path().substring(1);
    asked.add(new Asked(agent, request.header("webhook-id").orElse(""), clock.instant()));
    return agents.getOrDefault(agent, _ -> Response.json(404, "{}")).answer(request);
  }

  private final class Clients implements AwsClients {
    @Override
    @SuppressWarnings("unchecked") // Each builder builds the client that stands beside it.
    public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
      return (C)
          switch (builder) {
            case SecretsManagerClientBuilder _ -> secrets;
            case DynamoDbClientBuilder _ -> tables.client();
            case EventBridgeClientBuilder _ -> bus;
            case SqsClientBuilder _ -> NO_QUEUES;
            default -> throw new IllegalArgumentException("No fake for " + builder.getClass());
          };
    }
  }

  private DeadLetterQueue queue(AgentName agent) {
    Letters letters = queues.get(agent);
    if (letters == null) {
      throw new IllegalArgumentException("There is no queue of " + agent);
    }
    return new DeadLetterQueue(letters, "https://sqs/agentpost-" + agent + "-dlq");
  }

  private Platform platform() {
    return new Platform(
        Map.of(
            "HEALTH_TABLE", LocalTables.HEALTH,
            "DEAD_LETTER_QUEUE_PREFIX", "agentpost-",
            "AGENT_SECRET_PREFIX", "agentpost/agents/",
            "AGENT_DIRECTORY", FakeDirectory.AGENTS,
            "BUS_NAME", "agentpost"),
        clock,
        new Clients(),
        new FakeHttp(this::answered),
        log::add);
  }

  HealthTable table() {
    return new HealthTable(tables.client(), LocalTables.HEALTH);
  }

  RecoveryStore recoveries() {
    return new RecoveryStore(table(), clock, clock);
  }

  /** A function's instance, with so many turns at a time. */
  Recovery recovery(int lanes) {
    AgentDirectory directory = AgentDirectory.from(platform(), FakeDirectory.AGENTS);
    CircuitBreaker breaker =
        new CircuitBreaker(
            SignedDelivery.from(platform(), "agentpost/agents/", directory),
            table(),
            ExampleEvents.reader(),
            clock,
            clock,
            () -> 1);
    Redrive redrive = new Redrive(this::queue, breaker::deliver, clock, clock::move, 1);
    return new Recovery(
        new Recovery.Parts(
            directory::findAll,
            this::queue,
            table(),
            recoveries(),
            new RecoveryTurn(redrive, recoveries(), clock::move, log::add),
            new OutageAnnouncer(
                table(), new EventBridgePublisher(bus, "agentpost", _ -> {}), log::add),
            new SuspensionAnnouncer(
                table(), new EventBridgePublisher(bus, "agentpost", _ -> {}), log::add),
            new LetterMetrics("agentpost", clock, log::add),
            clock,
            clock,
            log::add),
        lanes);
  }

  /** One run of the handler as Lambda makes it, which finds no agents here. */
  void handle() {
    new RecoveryHandler(platform()).handleRequest(Map.of(), FIFTY_SECONDS);
  }

  /** One run of 35 seconds. */
  void run() throws InterruptedException {
    Instant end = clock.instant().plusSeconds(35);
    recovery(4).run(Duration.ofSeconds(35), _ -> clock.instant().isBefore(end));
  }

  /** Runs every minute for that long. */
  void run(Duration time) throws InterruptedException {
    for (Instant end = clock.instant().plus(time); clock.instant().isBefore(end); ) {
      Instant next = clock.instant().plusSeconds(60);
      run();
      if (clock.instant().isBefore(next)) {
        clock.move(Duration.between(clock.instant(), next));
      }
    }
  }

  /** What a person does at the same time. */
  Report redrive(String agent) throws InterruptedException {
    Redrive redrive =
        new Redrive(
            this::queue,
            SignedDelivery.from(platform(), "agentpost/agents/", FakeDirectory.AGENTS),
            clock,
            clock::move);
    return redrive.run(
        new Redrive.Order(new AgentName(agent), LetterFilter.ALL, 300, 1000, false, Set.of()),
        _ -> true);
  }

  List<String> askedFor() {
    return asked.stream().map(Asked::eventId).toList();
  }

  List<String> published() {
    return bus.accepted().stream().map(entry -> entry.detailType()).toList();
  }

  /** What the last run measured of an agent, or nothing. */
  String measured() {
    return log.stream()
        .filter(line -> line.contains("_aws"))
        .reduce((_, last) -> last)
        .map(line -> line.substring(line.indexOf("\"Bus\":")))
        .orElse("");
  }

  @Override
  public void close() {
    tables.close();
  }
}

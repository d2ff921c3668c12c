package agentpost.local.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.verification.Deliveries;
import agentpost.verification.Patience;
import agentpost.verification.ReceivedAttempt;
import agentpost.verification.ScriptedAnswer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.sqs.SqsClient;

/** EventBridge alone: a bus, a rule and an API destination that leads to a server of this JVM. */
final class BusDeliveries implements Deliveries, AutoCloseable {
  private static final Patience PATIENCE =
      new Patience(Scenario.TIMEOUT, Scenario.QUIET, Duration.ZERO, Duration.ofMillis(50));

  private final Cloud cloud;
  private final BusTestBed line;
  private final HttpServer server;
  private final DeadLetterQueue letters;
  private final Map<String, List<ScriptedAnswer>> scripts = new ConcurrentHashMap<>();
  private final Map<String, List<ReceivedAttempt>> attempts = new ConcurrentHashMap<>();

  BusDeliveries(Scenario scenario, String name) throws IOException {
    this.cloud = scenario.cloud();
    this.line = new BusTestBed(scenario, name);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    String queue = line.queue("dlq");
    line.rule(
        put -> put.name(name).eventPattern("{\"source\":[\"" + SOURCE + "\"]}"),
        line.destination(server.getAddress().getPort()),
        target ->
            BusTestBed.withRole(target)
                .inputPath("$.detail")
                .deadLetterConfig(to -> to.arn(queue)));
    SqsClient queues = cloud.aws().create(SqsClient.builder());
    this.letters = new DeadLetterQueue(queues, line.url(queue));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String id = new EventCodec().idOf(body).orElseThrow().value();
      List<ScriptedAnswer> script = scripts.getOrDefault(id, List.of());
      List<ReceivedAttempt> before = attempts.getOrDefault(id, List.of());
      ScriptedAnswer answer = script.get(Math.min(before.size(), script.size() - 1));
      List<ReceivedAttempt> all = new ArrayList<>(before);
      // Nobody signs here.
      all.add(
          new ReceivedAttempt(
              cloud.now(),
              ReceivedAttempt.ACCEPTED,
              id,
              "",
              new String(body, UTF_8),
              answer.status()));
      attempts.put(id, List.copyOf(all));
      Thread.sleep(Duration.ofSeconds(answer.delay()));
      if (answer.retryAfter() > 0) {
        exchange.getResponseHeaders().add("Retry-After", Integer.toString(answer.retryAfter()));
      }
      exchange.sendResponseHeaders(answer.status(), -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Sent put(ScriptedAnswer... answers) {
    Event event = Deliveries.newEvent(cloud.now());
    scripts.put(event.id().value(), List.of(answers));
    Sent sent = new Sent(event.id().value(), new EventCodec().write(event));
    put(sent);
    return sent;
  }

  @Override
  public void put(Sent event) {
    line.put(line.entry(EVENT_TYPE, event.body()).toBuilder().source(SOURCE).build());
  }

  @Override
  public List<ReceivedAttempt> attempts(Sent event) {
    return attempts.getOrDefault(event.id(), List.of());
  }

  @Override
  public Optional<DeadLetter> letter(Sent event) {
    try (QueueBrowser look = letters.look()) {
      return look.find(new LetterFilter(Set.of(), Set.of(), Optional.empty(), Set.of(event.id())));
    }
  }

  @Override
  public Patience patience() {
    return PATIENCE;
  }

  @Override
  public String describeAbsence(Sent event) {
    return "";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

package agentpost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.alerts.AlertAggregatorHandler;
import agentpost.alerts.SecurityAnalystHandler;
import agentpost.catalog.AgentName;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.http.Response;
import agentpost.leads.FollowUpHandler;
import agentpost.leads.LeadQualificationHandler;
import agentpost.leads.MetricsHandler;
import agentpost.leads.SchedulingHandler;
import agentpost.onboarding.OnboardingHandler;
import agentpost.onboarding.PersonalizationHandler;
import agentpost.onboarding.SupportNotificationHandler;
import agentpost.onboarding.TrialMonitorHandler;
import agentpost.onboarding.WelcomeHandler;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.schemas.Json;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeScheduler;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.WebhookHandler;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.eventbridge.EventBridgeClientBuilder;
import software.amazon.awssdk.services.scheduler.SchedulerClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.BadRequestException;
import software.amazon.awssdk.services.sesv2.model.SendEmailResponse;

/**
 * An event that its schema and EventBridge take is acted on or refused, whatever its size, times
 * and numbers: it is never tried again for a day for what it says.
 */
class AcceptedEventsTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:01Z");
  private static final Path SCHEMAS = Path.of("..", "..", "events-schemas");

  /** Of an event, which has less than 1 MB. */
  private static final int MAX_PADDING = 1_000_000;

  /**
   * @param types that the shipped catalog subscribes it to
   */
  private record Subscriber(Function<Platform, WebhookHandler> handler, List<String> types) {}

  private static final Map<String, Subscriber> AGENTS =
      Map.ofEntries(
          Map.entry(
              "welcome-agent", new Subscriber(WelcomeHandler::new, List.of("user.signed_up"))),
          Map.entry(
              "trial-monitor",
              new Subscriber(
                  TrialMonitorHandler::new, List.of("user.signed_up", "user.converted"))),
          Map.entry(
              "personalization-agent",
              new Subscriber(
                  PersonalizationHandler::new, List.of("user.signed_up", "trial.ending"))),
          Map.entry(
              "support-notification",
              new Subscriber(SupportNotificationHandler::new, List.of("user.signed_up"))),
          Map.entry(
              "onboarding-coordinator",
              new Subscriber(
                  OnboardingHandler::new,
                  List.of(
                      "user.signed_up",
                      "trial.started",
                      "features.suggested",
                      "email.sent",
                      "support.alerted",
                      "deadline.reached"))),
          Map.entry(
              "lead-qualification",
              new Subscriber(
                  LeadQualificationHandler::new,
                  List.of("lead.captured", "information.requested"))),
          Map.entry(
              "scheduling-agent",
              new Subscriber(
                  SchedulingHandler::new,
                  List.of(
                      "lead.qualified",
                      "information.provided",
                      "operation.completed",
                      "operation.failed",
                      "operation.timed_out",
                      "deadline.reached"))),
          Map.entry(
              "follow-up-agent",
              new Subscriber(FollowUpHandler::new, List.of("lead.qualified", "trial.ending"))),
          Map.entry(
              "metrics-agent",
              new Subscriber(
                  MetricsHandler::new,
                  List.of(
                      "lead.captured",
                      "lead.qualified",
                      "lead.disqualified",
                      "demo.scheduled",
                      "onboarding.completed"))),
          Map.entry(
              "alert-aggregator",
              new Subscriber(
                  AlertAggregatorHandler::new, List.of("alert.raised", "deadline.reached"))),
          Map.entry(
              "security-analyst",
              new Subscriber(SecurityAnalystHandler::new, List.of("alert.raised"))));

  private final LocalTables tables = new LocalTables();
  private final FakeBus bus = new FakeBus();
  private final FakeScheduler scheduler = new FakeScheduler();
  private final FakeSecretsManager secrets = new FakeSecretsManager();
  private final MovableClock clock = new MovableClock(NOW);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Map<String, WebhookHandler> handlers = new HashMap<>();
  private boolean isMailRefused;

  @AfterEach
  void close() {
    tables.close();
  }

  private final class FakeClients implements AwsClients {
    @Override
    @SuppressWarnings("unchecked") // Each builder's own kind of client.
    public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
      return (C)
          switch (builder) {
            case DynamoDbClientBuilder _ -> tables.client();
            case EventBridgeClientBuilder _ -> bus;
            case SchedulerClientBuilder _ -> scheduler;
            case SecretsManagerClientBuilder _ -> secrets;
            default -> mail();
          };
    }
  }

  private SesV2Client mail() {
    return (SesV2Client)
        Proxy.newProxyInstance(
            SesV2Client.class.getClassLoader(),
            new Class<?>[] {SesV2Client.class},
            (_, _, _) -> {
              if (isMailRefused) {
                throw BadRequestException.builder().message("Illegal address").build();
              }
              return SendEmailResponse.builder().messageId("m-1").build();
            });
  }

  private WebhookHandler handler(String agent) {
    return handlers.computeIfAbsent(
        agent,
        name -> {
          secrets.with("agentpost/agents/" + name, SECRET);
          secrets.with("agentpost/processors/calendar", SECRET);
          return requireNonNull(AGENTS.get(name))
              .handler()
              .apply(
                  new Platform(
                      Map.ofEntries(
                          Map.entry("AGENT", name),
                          Map.entry("WEBHOOK_SECRET", "agentpost/agents/" + name),
                          Map.entry("BUS_NAME", "agentpost"),
                          Map.entry("BUS_ARN", "arn:aws:events:us-east-1:000000000000:event-bus/x"),
                          Map.entry("CLAIMS_TABLE", LocalTables.CLAIMS),
                          Map.entry("AGENT_STATE_TABLE", LocalTables.AGENT_STATE),
                          Map.entry("OPERATIONS_TABLE", LocalTables.OPERATIONS),
                          Map.entry("PROCESSOR_URL", "https://calendar.example.com/process-data"),
                          Map.entry("CALLBACK_URL", "https://agentpost.example.com/complete"),
                          Map.entry("PROCESSOR_SECRET_PREFIX", "agentpost/processors/"),
                          Map.entry("SCHEDULE_GROUP", "agentpost"),
                          Map.entry("SCHEDULE_ROLE_ARN", "arn:aws:iam::000000000000:role/x"),
                          Map.entry("SCHEDULE_DLQ_ARN", "arn:aws:sqs:us-east-1:000000000000:q"),
                          Map.entry("EMAIL_FROM", "hello@example.com"),
                          Map.entry("SUPPORT_EMAIL", "support@example.com")),
                      clock,
                      new FakeClients(),
                      new FakeHttp(_ -> Response.json(202, "{}")),
                      log::add));
        });
  }

  private APIGatewayProxyResponseEvent deliver(String agent, ObjectNode event) {
    event.put("event_id", UUID.randomUUID().toString());
    byte[] body = event.toString().getBytes(UTF_8);
    Map<String, String> headers =
        new Signer(WebhookKeyStore.parse(SECRET))
            .sign(event.path("event_id").asText(), clock.instant(), body);
    APIGatewayProxyRequestEvent request = new APIGatewayProxyRequestEvent();
    request.setHttpMethod("POST");
    request.setPath("/webhooks/" + agent);
    request.setMultiValueHeaders(new HashMap<>());
    headers.forEach((name, value) -> request.getMultiValueHeaders().put(name, List.of(value)));
    request.setBody(new String(body, UTF_8));
    return handler(agent).handleRequest(request, context());
  }

  private static Context context() {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (_, method, _) -> method.getReturnType() == int.class ? 15_000 : "");
  }

  /** The shipped catalog's own events, and those that the framework publishes. */
  private static List<Path> exampleFiles(String type) {
    Path own = SCHEMAS.resolve(type);
    Path folder = Files.exists(own) ? own : SCHEMAS.resolve("src/main/events").resolve(type);
    try (Stream<Path> files = Files.list(folder.resolve("examples"))) {
      // What PutEvents takes has the event in it.
      return files.filter(file -> !file.endsWith("put-events.json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode example(String type) {
    return example(exampleFiles(type).getFirst());
  }

  private static ObjectNode example(Path file) {
    try {
      if (Json.parse(Files.readAllBytes(file)) instanceof Json.Parsed.Read(ObjectNode event)) {
        return event;
      }
      throw new AssertionError(file + " is no example");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The objects of an event that may hold what their schema does not name. */
  private static List<ObjectNode> openObjects(ObjectNode event) {
    List<ObjectNode> open = new ArrayList<>();
    open.add((ObjectNode) event.path("data"));
    open.add((ObjectNode) event.path("metadata"));
    for (JsonNode value : event.path("data")) {
      if (value instanceof ObjectNode object) {
        open.add(object);
      }
    }
    return open;
  }

  private static void pad(ObjectNode object, String unit, int bytes, int pieces) {
    int each = bytes / unit.getBytes(UTF_8).length / pieces;
    for (int i = 0; i < pieces; i++) {
      object.put("padding_" + i, unit.repeat(each));
    }
  }

  private static List<String> agents() {
    return AGENTS.keySet().stream().sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("agents")
  void noSizeThatEventBridgeTakesIsTriedAgain(String agent) {
    Random random = new Random(agent.hashCode());
    List<String> wrong = new ArrayList<>();
    for (String type : requireNonNull(AGENTS.get(agent)).types()) {
      for (ObjectNode place : openObjects(example(type))) {
        for (int size : new int[] {random.nextInt(400_000), 450_000, MAX_PADDING - 8_000}) {
          ObjectNode event = example(type);
          ObjectNode target =
              openObjects(event).stream().filter(place::equals).findFirst().orElseThrow();
          pad(target, random.nextBoolean() ? "x" : "\ud83d\ude00", size, 1 + random.nextInt(300));
          int status = deliver(agent, event).getStatusCode();
          if (status / 100 != 2 && status / 100 != 4) {
            wrong.add(type + " with " + size + " more bytes: " + status + " " + log.getLast());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** As text of JSON. */
  private static final List<String> EXTREME_TIMES =
      List.of(
          "\"0000-01-01T00:00:00Z\"",
          "\"0001-01-01T00:00:00+18:00\"",
          "\"1969-12-31T23:59:59.999999999Z\"",
          "\"2016-12-31T23:59:60Z\"",
          "\"9999-12-31T23:59:59Z\"",
          "\"9999-12-31T23:59:59-18:00\"");

  private static final List<String> EXTREME_NUMBERS =
      List.of(
          "-1",
          "0",
          "0.5",
          "1e-300",
          "2147483648",
          "9223372036854775808",
          "1e30",
          "-1e308",
          "1e400",
          "12345678901234567890.25");

  private static List<String> extremes(JsonNode value) {
    if (value.isNumber()) {
      return EXTREME_NUMBERS;
    }
    return value.isTextual() && value.asText().matches("\\d{4}-\\d{2}-\\d{2}T.*")
        ? EXTREME_TIMES
        : List.of();
  }

  /** The paths of an event's times and numbers, as JSON Pointers. */
  private static void collectExtremes(JsonNode node, String pointer, List<String> found) {
    if (!extremes(node).isEmpty()) {
      found.add(pointer);
    }
    node.properties()
        .forEach(field -> collectExtremes(field.getValue(), pointer + "/" + field.getKey(), found));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collectExtremes(node.path(i), pointer + "/" + i, found);
    }
  }

  private static ObjectNode with(ObjectNode event, String pointer, String json) {
    String last = pointer.substring(pointer.lastIndexOf('/') + 1);
    JsonNode parent = event.at(pointer.substring(0, pointer.lastIndexOf('/')));
    if (!(Json.parse(("[" + json + "]").getBytes(UTF_8)) instanceof Json.Parsed.Read read)) {
      throw new AssertionError(json);
    }
    JsonNode value = read.value().path(0);
    if (parent instanceof ObjectNode object) {
      object.set(last, value);
    } else {
      ((ArrayNode) parent).set(Integer.parseInt(last), value);
    }
    return event;
  }

  @ParameterizedTest
  @MethodSource("agents")
  void noTimeOrNumberIsTriedAgain(String agent) {
    List<String> wrong = new ArrayList<>();
    int taken = 0;
    for (String type : requireNonNull(AGENTS.get(agent)).types()) {
      for (Path file : exampleFiles(type)) {
        List<String> pointers = new ArrayList<>();
        collectExtremes(example(file), "", pointers);
        for (String pointer : pointers) {
          for (String extreme : extremes(example(file).at(pointer))) {
            int status = deliver(agent, with(example(file), pointer, extreme)).getStatusCode();
            taken += status / 100 == 2 ? 1 : 0;
            if (status / 100 != 2 && status / 100 != 4) {
              wrong.add(type + pointer + " " + extreme + ": " + status + " " + log.getLast());
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(taken).isPositive();
  }

  /** The coordinator takes whatever its participants publish. */
  private static List<String> agentsOfCertainTypes() {
    return agents().stream().filter(name -> !name.equals("onboarding-coordinator")).toList();
  }

  /** As if the catalog subscribed it to what it was not made for. */
  @ParameterizedTest
  @MethodSource("agentsOfCertainTypes")
  void anEventOfAnotherTypeIsRefusedByItsName(String agent) {
    APIGatewayProxyResponseEvent response = deliver(agent, example("agent.recovered"));
    assertEquals(422, response.getStatusCode());
    assertThat(response.getBody()).contains("this agent does not know agent.recovered");
  }

  @Test
  void whatALargeLeadSaysOfItselfIsRemembered() {
    ObjectNode captured = example("lead.captured");
    ObjectNode data = (ObjectNode) captured.path("data");
    data.put("nickname", "Countess").put("essay", "x".repeat(450_000));
    assertEquals(200, deliver("lead-qualification", captured).getStatusCode());
    ObjectNode remembered =
        new DynamoAgentMemory(
                tables.client(),
                LocalTables.AGENT_STATE,
                new AgentName("lead-qualification"),
                clock)
            .recall("lead#" + data.path("lead_id").asText());
    assertEquals("Countess", remembered.path("nickname").asText());
    assertEquals(data.path("email"), remembered.path("email"));
    assertThat(remembered.has("essay")).isFalse();
  }

  /** It can be asked about, answered and booked, however much more there is in each event of it. */
  @Test
  void aLargeLeadIsBooked() {
    ObjectNode qualified = example("lead.qualified");
    ((ObjectNode) qualified.path("data")).remove("time_zone");
    pad((ObjectNode) qualified.path("data"), "x", 900_000, 1);
    assertEquals(200, deliver("scheduling-agent", qualified).getStatusCode());
    ObjectNode provided = example("information.provided");
    ((ObjectNode) provided.path("metadata"))
        .put("source_service", "lead-qualification")
        .set("correlation_id", qualified.path("metadata").path("correlation_id"));
    ((ObjectNode) provided.path("data").path("about"))
        .put("type", "lead")
        .set("id", qualified.path("data").path("lead_id"));
    ((ObjectNode) provided.path("data").path("values")).put("time_zone", "Europe/Berlin");
    pad((ObjectNode) provided.path("data").path("values"), "x", 900_000, 1);
    assertEquals(200, deliver("scheduling-agent", provided).getStatusCode());
    assertThat(log.getLast()).contains("attempt 1 at a booking under way");
  }

  /** Who may not be sent what it asks for is told which limit that is. */
  @Test
  void aRequestThatNoOperationCanHaveIsRefusedWithItsLimit() {
    ObjectNode failed = example("operation.failed");
    ((ObjectNode) failed.path("data")).put("attempt", 1);
    pad((ObjectNode) failed.path("data").path("request"), "x", 200_000, 1);
    APIGatewayProxyResponseEvent response = deliver("scheduling-agent", failed);
    assertEquals(422, response.getStatusCode());
    assertThat(response.getBody()).contains("at most 65536 bytes");
  }

  /** The mail service takes no such address tomorrow either. */
  @ParameterizedTest
  @ValueSource(strings = {"welcome-agent", "support-notification", "follow-up-agent"})
  void anAddressThatNoMailGoesToIsRefused(String agent) {
    isMailRefused = true;
    APIGatewayProxyResponseEvent response =
        deliver(agent, example(requireNonNull(AGENTS.get(agent)).types().getFirst()));
    assertEquals(422, response.getStatusCode());
    assertThat(response.getBody()).contains("SES takes no such message or address");
  }
}

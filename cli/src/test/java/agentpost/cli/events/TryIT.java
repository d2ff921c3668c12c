package agentpost.cli.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** {@code try} on a local cloud whose two agents answer as each test says. */
class TryIT {
  private static final Path EXAMPLES = Path.of("../events-schemas/user.signed_up/examples");

  private static final String AGENT =
      """
      'Queue-NAME':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'agentpost-NAME-dlq'}},
      'Door-NAME':{'Type':'AWS::Events::ApiDestination','Properties':{'Name':'agentpost-NAME','ConnectionArn':{'Fn::GetAtt':['Connection','Arn']},
       'HttpMethod':'POST','InvocationEndpoint':'https://NAME.example.com/hook'}},
      'Rule-NAME':{'Type':'AWS::Events::Rule','Properties':{'Name':'agentpost-NAME','EventBusName':{'Ref':'Bus'},'State':'ENABLED',
       'EventPattern':{'detail-type':['TYPE']},
       'Targets':[{'Id':'webhook','Arn':{'Fn::GetAtt':['Door-NAME','Arn']},'RoleArn':'arn:aws:iam::000000000000:role/any','InputPath':'$.detail',
        'DeadLetterConfig':{'Arn':{'Fn::GetAtt':['Queue-NAME','Arn']}},'RetryPolicy':{'MaximumRetryAttempts':3,'MaximumEventAgeInSeconds':86400}}]}}
      """;

  private static final String TEMPLATE =
      "{'Resources':{'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}},"
          + "'Connection':{'Type':'AWS::Events::Connection','Properties':{'Name':'agentpost','AuthorizationType':'API_KEY',"
          + "'AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'k','ApiKeyValue':'v'}}}},"
          + agent("mailer", "user.signed_up")
          + ","
          + agent("crm", "user.signed_up")
          + ","
          + agent("reader", "trial.started")
          + ","
          + agent("echo", "email.bounced")
          + ",'Directory':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/directory/agents',"
          + "'SecretString':'{\\\"entries\\\":{\\\"mailer\\\":{},\\\"crm\\\":{},\\\"reader\\\":{},\\\"echo\\\":{}}}'}}}}";

  private static String agent(String name, String type) {
    return AGENT.replace("NAME", name).replace("TYPE", type);
  }

  @TempDir private static Path cdkOut;
  private static HttpServer agents;
  private static LocalCloud cloud;

  /** By agent, what is answered in turn; the last goes on. */
  private static final Map<String, List<Integer>> ANSWERS = new ConcurrentHashMap<>();

  private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();
  private static final List<String> IDS = new CopyOnWriteArrayList<>();

  /** What each agent publishes for each event that it takes; nothing if it is empty. */
  private static volatile String published = "";

  @BeforeAll
  static void start() throws Exception {
    agents = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agents.createContext("/", TryIT::answer);
    agents.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    agents.start();
    String manifest =
        "{'artifacts':{'agentpost':{'type':'aws:cloudformation:stack','properties':{'templateFile':'agentpost.template.json'}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest.replace('\'', '"'));
    Files.writeString(
        cdkOut.resolve("agentpost.template.json"),
        TEMPLATE.replaceAll("(Queue|Door|Rule)-", "$1").replace('\'', '"'));
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    int port = agents.getAddress().getPort();
    cloud =
        LocalCloud.start(
            new LocalCloudOptions(0, 600, 1)
                .withRoutes(
                    Map.of(
                        "mailer.example.com", port,
                        "crm.example.com", port,
                        "reader.example.com", port,
                        "echo.example.com", port)));
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
    agents.stop(0);
  }

  @BeforeEach
  void forget() {
    ANSWERS.clear();
    ASKED.clear();
    IDS.clear();
    published = "";
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String agent = exchange.getRequestHeaders().getFirst("Host").replaceFirst("\\..*", "");
    JsonNode event = new JsonMapper().readTree(exchange.getRequestBody());
    IDS.add(event.path("event_id").asText());
    List<Integer> inTurn = ANSWERS.getOrDefault(agent, List.of(200));
    int turn = ASKED.computeIfAbsent(agent, _ -> new AtomicInteger()).getAndIncrement();
    int status = inTurn.get(Math.min(turn, inTurn.size() - 1));
    if (!published.isEmpty() && status == 200) {
      publish(event);
    }
    byte[] body = "{\"title\":\"as the test says\"}".getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void publish(JsonNode cause) {
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      String detail =
          "{\"event_id\":\""
              + UUID.randomUUID()
              + "\",\"metadata\":{\"causation_id\":"
              + cause.path("event_id")
              + "}}";
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .eventBusName("agentpost")
                      .source("mailer")
                      .detailType(published)
                      .detail(detail)
                      .build()));
    }
  }

  private static Run tries(Path file) {
    return Run.of("", "try", file.toString(), "--endpoint-url", cloud.endpoint().toString());
  }

  private static Run tries() {
    return tries(EXAMPLES.resolve("premium-trial.json"));
  }

  @Test
  void anEventThatAllTakeIsShownWithWhoTookIt() {
    Run run = tries();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .startsWith("put user.signed_up with the event_id ")
        .contains(
            "for crm, mailer\n",
            "crm: attempt 1: 200, delivered\n",
            "mailer: attempt 1: 200, delivered\n")
        .endsWith("delivered to crm after 1 attempt\ndelivered to mailer after 1 attempt\n");
  }

  /** An agent acts on an id once, so each try is an event of its own. */
  @Test
  void everyTryIsANewEvent() {
    tries();
    tries();
    assertThat(IDS).hasSize(4).doesNotContain("uuid-1234-abcd");
    assertThat(IDS.stream().distinct()).hasSize(2);
  }

  @Test
  void whoIsDownIsWaitedForUntilItTakesTheEvent() {
    ANSWERS.put("crm", List.of(503, 500, 200));
    Run run = tries();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .containsPattern("crm: attempt 1: 503 .*as the test says.*; again in \\d+\\.\\d s\n")
        .containsPattern("crm: attempt 2: 500 .*; again in \\d+\\.\\d s\n")
        .contains("crm: attempt 3: 200, delivered\n", "delivered to crm after 3 attempts\n");
  }

  @Test
  void anEventThatAnAgentRefusesIsADeadLetterAndTheTryFails() {
    ANSWERS.put("crm", List.of(422));
    Run run = tries();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "crm: dead letter, ",
            "dead letter of crm after 1 attempt; ./agentpost dlq show crm --endpoint-url "
                + cloud.endpoint()
                + " shows it\n",
            "delivered to mailer after 1 attempt\n");
  }

  @Test
  void anEventThatIsGivenUpIsADeadLetterAsWell() {
    ANSWERS.put("mailer", List.of(503));
    Run run = tries();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).contains("dead letter of mailer after 4 attempts");
  }

  @Test
  void whatAgentsPublishInAnswerIsListed() {
    ANSWERS.put("crm", List.of(404));
    published = "email.sent";
    Run run = tries();
    assertThat(run.out()).contains("published email.sent by mailer, which no agent hears\n");
  }

  @Test
  void whatAgentsPublishInAnswerIsFollowedToo() {
    ANSWERS.put("crm", List.of(404));
    ANSWERS.put("reader", List.of(422));
    published = "trial.started";
    Run run = tries();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains("published trial.started by mailer, for reader\n")
        .containsPattern("\npublished trial\\.started with the event_id \\S+\n  for reader\n")
        .endsWith(
            "dead letter of reader after 1 attempt; ./agentpost dlq show reader --endpoint-url "
                + cloud.endpoint()
                + " shows it\n");
  }

  @Test
  void agentsThatAnswerEachOtherForEverAreFollowedForAWhile() {
    ANSWERS.put("crm", List.of(404));
    published = "email.bounced";
    Run run = tries();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .endsWith("more than 50 events came of it; the others are not shown\n")
        .contains("delivered to echo after 1 attempt\n");
  }

  @Test
  void anEventThatNobodyHearsIsSaidToBeOne() {
    Run run = tries(Path.of("../events-schemas/lead.captured/examples/fair-in-berlin.json"));
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("no agent hears it: agents.yaml says who subscribes to what");
    assertThat(IDS).isEmpty();
  }

  @Test
  void anInvalidEventIsNotPut(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("event.json"),
            Files.readString(EXAMPLES.resolve("premium-trial.json"))
                .replaceFirst("\"email\": *\"[^\"]*\"", "\"email\": 5"));
    Run run = tries(file);
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err()).contains("/data/email: must be of type string");
    assertThat(run.out()).isEmpty();
    assertThat(IDS).isEmpty();
  }

  @Test
  void allEventsOfAFileAreFollowed() {
    Run run = tries(EXAMPLES.resolve("put-events.json"));
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("delivered to crm after 1 attempt");
  }

  @Test
  void onAwsNobodyTellsWhatBecomesOfAnEvent() {
    Run run =
        Run.of(
            "",
            "try",
            EXAMPLES.resolve("premium-trial.json").toString(),
            "--region",
            "eu-central-1");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("only a local cloud shows what happens to an event; on AWS put it with");
  }

  @Test
  void elsewhereThanAtALocalCloudNothingIsPut() throws IOException {
    try (FakeEvents other = new FakeEvents()) {
      other.answers("GetSecretValue", "{'SecretString':'{\\\"entries\\\":{}}'}");
      Run run =
          Run.of(
              "",
              "try",
              EXAMPLES.resolve("premium-trial.json").toString(),
              "--endpoint-url",
              other.url());
      assertEquals(1, run.exitCode());
      assertThat(run.err()).contains("does not show what happens to an event");
      assertThat(other.called()).noneMatch(call -> call.startsWith("PutEvents "));
    }
  }
}

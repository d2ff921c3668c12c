package agentpost.cli.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.catalog.BreakerPolicy;
import agentpost.cli.Run;
import agentpost.health.Circuit;
import agentpost.health.CircuitStore;
import agentpost.health.Consent;
import agentpost.health.ConsentStore;
import agentpost.health.HealthTable;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * {@code agents} of a stack in which some are well, one is down, and owners of external ones have
 * said what they want.
 */
class AgentsIT {
  private static final String TEMPLATE =
      """
      {'Resources':{'Health':{'Type':'AWS::DynamoDB::Table','Properties':{'TableName':'agentpost-health','BillingMode':'PAY_PER_REQUEST',
       'AttributeDefinitions':[{'AttributeName':'agent','AttributeType':'S'}],'KeySchema':[{'AttributeName':'agent','KeyType':'HASH'}]}},
       'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}},
       'WellQueue':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'agentpost-well-dlq'}},
       'DownQueue':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'agentpost-down-dlq'}},
       'Directory':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/directory/agents','SecretString':'{\\"entries\\":{\\"well\\":{\\"endpoint\\":\\"https://a.invalid/\\"},\
        \\"down\\":{\\"endpoint\\":\\"https://a.invalid/\\",\\"breaker\\":{\\"failureThreshold\\":1}},\
        \\"new\\":{\\"endpoint\\":\\"https://b.invalid/\\",\\"external\\":{\\"challenge\\":true}},\
        \\"free\\":{\\"endpoint\\":\\"https://b.invalid/\\",\\"external\\":{\\"challenge\\":false}},\
        \\"known\\":{\\"endpoint\\":\\"https://b.invalid/\\",\\"external\\":{\\"challenge\\":false}}}}'}}}}
      """
          .replace('\'', '"');

  private static final Instant THEN = Instant.parse("2026-03-31T10:30:00Z");

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static ConsentStore consents;

  @BeforeAll
  static void start() throws Exception {
    String manifest =
        "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"agentpost.template.json\"}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest);
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(cdkOut);
    consents =
        new ConsentStore(
            new HealthTable(
                cloud.clients("test").create(DynamoDbClient.builder()), "agentpost-health"));
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  /** By the parser that the command brings, and tests with {@code @AgentpostTest} do not. */
  @Test
  void theTableIsAskedInPartiQl() {
    try (DynamoDbClient tables = cloud.clients("test").create(DynamoDbClient.builder())) {
      assertThat(
              tables
                  .executeStatement(
                      execute ->
                          execute.statement(
                              "SELECT * FROM \"agentpost-health\" WHERE agent = 'none'"))
                  .items())
          .isEmpty();
    }
  }

  private static Run agents(String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "agents";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--endpoint-url";
    all[args.length + 2] = cloud.endpoint().toString();
    return Run.of("", all);
  }

  @Test
  void listsExternalOnesWithWhatTheirOwnersSaid() {
    consents.recordVerified(new AgentName("agreed"), "url", THEN);
    consents.recordGone(new AgentName("left"), "url", THEN);
    consents.ask(
        new AgentName("silent"),
        "url",
        consents.read(new AgentName("silent")),
        THEN,
        THEN,
        Duration.ofSeconds(15));
    consents.recordUnverified(new AgentName("silent"), THEN);
    Run run = agents("list");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .containsPattern("(?m)^AGENT +PLACE +CIRCUIT +SINCE +RETRYING +LETTERS +DELIVERIES$")
        .containsPattern("(?m)^agreed +gone +closed +- +0 +- +agreed$")
        .containsPattern(
            "(?m)^left +gone +closed +- +0 +- +stopped: it answered 410 at 2026-03-31T10:30:00Z;"
                + " ./agentpost agents resume left --endpoint-url "
                + cloud.endpoint()
                + "$")
        .containsPattern(
            "(?m)^silent +gone +closed +- +0 +- +not answering the challenge since"
                + " 2026-03-31T10:30:00Z$")
        .containsPattern("(?m)^new +external +off +- +0 +- +will be asked with the next event$")
        .containsPattern("(?m)^known +external +off +- +0 +-$");
  }

  /** On a terminal as it comes, where there is no room for what owners said. */
  @Test
  void theHeadingIsOneLineOnATerminal() {
    consents.recordVerified(new AgentName("agreed"), "url", THEN);
    for (int columns : new int[] {79, 80, 100, 120}) {
      Run run = Run.of(columns, "agents", "list", "--endpoint-url", cloud.endpoint().toString());
      assertThat(run.out().lines().findFirst())
          .as(columns + " columns")
          .hasValueSatisfying(line -> assertThat(line).contains("AGENT", "PLACE", "LETTERS"));
      assertThat(run.out().lines().filter(line -> line.contains("DELIVERIES")))
          .as(columns + " columns")
          .allMatch(line -> line.startsWith("AGENT"));
      assertThat(run.out().lines().toList().get(1)).as("an agent").doesNotStartWith(" ");
      assertThat(run.out()).containsPattern("(?m)^agreed +gone .*(\\s+deliveries:)?\\s+agreed$");
    }
  }

  @Test
  void listsHostedOnesWithCircuitBacklogAndLetters() throws IOException {
    HealthTable table =
        new HealthTable(cloud.clients("test").create(DynamoDbClient.builder()), "agentpost-health");
    attempt(table, "down", Circuit.Kind.FAILED, Instant.now().minusSeconds(200));
    try (SqsClient queues = cloud.clients("test").create(SqsClient.builder())) {
      String url = queues.getQueueUrl(get -> get.queueName("agentpost-down-dlq")).queueUrl();
      queues.sendMessage(send -> send.queueUrl(url).messageBody("{}"));
      queues.sendMessage(send -> send.queueUrl(url).messageBody("{}"));
    }
    oneThatIsRetried();
    await()
        .untilAsserted(
            () ->
                assertThat(agents("list").out())
                    .containsPattern("(?m)^down +hosted +open +3 min( \\d+ s)? ago +1 +2$"));
    assertThat(agents("list").out()).containsPattern("(?m)^well +hosted +off +- +0 +0$");
    JsonNode down =
        new ObjectMapper()
            .readTree(agents("list", "--json").out())
            .valueStream()
            .filter(agent -> agent.path("agent").asText().equals("down"))
            .findFirst()
            .orElseThrow();
    assertEquals("hosted", down.path("place").asText());
    assertEquals("open", down.path("circuit").asText());
    assertThat(Instant.parse(down.path("circuit_since").asText()))
        .isBetween(Instant.now().minusSeconds(400), Instant.now().minusSeconds(199));
    assertEquals(1, down.path("retrying").asInt());
    assertEquals(2, down.path("letters").asInt());
  }

  private static void attempt(HealthTable table, String agent, Circuit.Kind kind, Instant at) {
    AgentName name = new AgentName(agent);
    CircuitStore circuits = new CircuitStore(table, () -> 0);
    CircuitStore.Entry.Admitted entry =
        (CircuitStore.Entry.Admitted) circuits.enter(name, 1, true, at, at, Duration.ofSeconds(15));
    BreakerPolicy limits =
        new BreakerPolicy(
            1, 1, Duration.ofMinutes(10), Duration.ofMinutes(1), Duration.ofMinutes(1));
    circuits.leave(name, entry.slot(), new Circuit.Outcome(at, kind), Optional.of(limits));
  }

  @Test
  void listsWhoAnswersSlowly() {
    HealthTable table =
        new HealthTable(cloud.clients("test").create(DynamoDbClient.builder()), "agentpost-health");
    for (int i = 0; i < 3; i++) {
      attempt(table, "late", Circuit.Kind.SLOW, Instant.now());
    }
    assertThat(agents("list").out()).containsPattern("(?m)^late +gone +slow ");
  }

  /** To an address where nobody is. */
  private static void oneThatIsRetried() {
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      String connection =
          events
              .createConnection(
                  create ->
                      create
                          .name("c")
                          .authorizationType("API_KEY")
                          .authParameters(
                              auth ->
                                  auth.apiKeyAuthParameters(
                                      key -> key.apiKeyName("k").apiKeyValue("v"))))
              .connectionArn();
      String destination =
          events
              .createApiDestination(
                  create ->
                      create
                          .name("d")
                          .connectionArn(connection)
                          .httpMethod("POST")
                          .invocationEndpoint("http://127.0.0.1:1/"))
              .apiDestinationArn();
      events.putRule(
          put ->
              put.name("agentpost-down")
                  .eventBusName("agentpost")
                  .eventPattern("{\"detail-type\":[\"t\"]}"));
      Target target =
          Target.builder()
              .id("t")
              .arn(destination)
              .roleArn("arn:aws:iam::000000000000:role/r")
              .build();
      events.putTargets(
          put -> put.rule("agentpost-down").eventBusName("agentpost").targets(target));
      PutEventsRequestEntry event =
          PutEventsRequestEntry.builder()
              .eventBusName("agentpost")
              .source("s")
              .detailType("t")
              .detail("{}")
              .build();
      events.putEvents(put -> put.entries(event));
    }
  }

  @Test
  void aHostedOneIsNeverStopped() {
    Run run = agents("resume", "well");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("well is hosted here, and deliveries to it are never stopped");
  }

  @Test
  void fitsATerminalOfEightyColumns() {
    String[] words = {"agents", "list", "--endpoint-url", cloud.endpoint().toString()};
    for (int columns : new int[] {60, 80}) {
      assertThat(Run.of(columns, words).out().lines())
          .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(columns));
    }
  }

  @Test
  void resumesOneThatAnswered410AndSaysHowToDeliverWhatItMissed() {
    AgentName gone = new AgentName("gone");
    consents.recordGone(gone, "url", THEN);
    Run run = agents("resume", "gone");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "gone is resumed; it was stopped since 2026-03-31T10:30:00Z",
            "./agentpost dlq redrive gone");
    Consent consent = consents.read(gone);
    assertThat(consent.isGone("url")).isFalse();
    assertThat(consent.isVerified("url")).as("its owner is asked again").isFalse();
    assertEquals(
        1, agents("resume", "gone").exitCode(), "a second time there is nothing to resume");
  }

  /** {@code known} and {@code free} have {@code challenge: off}. */
  @Test
  void whoIsNeverAskedIsPromisedNoChallenge() {
    AgentName known = new AgentName("known");
    consents.recordGone(known, "url", THEN);
    assertThat(agents("list").out()).containsPattern("(?m)^known .*stopped: it answered 410");
    assertThat(agents("resume", "known").out())
        .contains("known is resumed", "Its next event goes out.")
        .doesNotContain("asked");
    assertThat(agents("list").out())
        .as("resumed")
        .containsPattern("(?m)^known +external +off +- +0 +-$");
    consents.recordUnverified(new AgentName("free"), THEN);
    assertThat(agents("list").out())
        .as("of a challenge before it was off")
        .containsPattern("(?m)^free +external +off +- +0 +-$");
  }

  @Test
  void whoIsAskedIsAskedAgain() {
    AgentName next = new AgentName("new");
    consents.recordGone(next, "url", THEN);
    assertThat(agents("resume", "new").out()).contains("Its owner is asked before the next event.");
    assertThat(agents("list").out())
        .containsPattern("(?m)^new .* will be asked with the next event$");
  }

  @Test
  void oneThatIsNotStoppedIsSaid() {
    Run run = agents("resume", "new");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("new is not stopped");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aStackThatIsNotThereIsSaid() {
    Run run = agents("list", "--stage", "try");
    assertEquals(1, run.exitCode());
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains(
            "no stack of that name: there is no agentpost-try at "
                + cloud.endpoint()
                + "; there is agentpost (--stage names a stage's)");
  }

  @Test
  void aTableThatIsNotThereIsSaid() {
    Run run = agents("resume", "crm", "--stage", "try");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains(
            "no stack of that name: there is no agentpost-try at " + cloud.endpoint(), "--stage");
  }

  @Test
  void aCommandAndAnAgentAreNeeded() {
    assertEquals(2, Run.of("", "agents").exitCode());
    assertEquals(2, Run.of("", "agents", "resume").exitCode());
    assertEquals(2, Run.of("", "agents", "resume", "No Name").exitCode());
  }
}

package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent.AttemptMade;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Endpoint;
import agentpost.local.testing.Templates;
import agentpost.signing.KeySet;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** What the extension injects does what it says, on a template with one hosted agent. */
@AgentpostTest(cdkOut = LocalCloudExtensionIT.CDK_OUT, timeScale = 1)
class LocalCloudExtensionIT {
  static final String CDK_OUT = "target/local-cloud-extension";
  private static final String TRIAL =
      "{\"user_id\":\"usr-1\",\"plan\":\"premium_trial\",\"ends_at\":\"2026-04-14T10:30:00Z\"}";
  private static final String DATA =
      "{\"user_id\":\"usr-1\",\"email\":\"ada@example.com\",\"plan\":\"free\",\"signup_source\":\"web\",\"location\":\"US-CA\"}";

  @BeforeAll
  static void synthesize() throws IOException {
    AgentpostTemplate template = new AgentpostTemplate().log();
    template
        .agent(
            "welcome-agent",
            "agentpost.onboarding.WelcomeHandler",
            "{\"detail-type\":[\"user.signed_up\"]}")
        .put("EMAIL_FROM", "hello@example.com");
    Templates.write(Files.createDirectories(Path.of(CDK_OUT)), "agentpost", template.toString());
  }

  private TestCloud ofBeforeEach;

  @BeforeEach
  void takesTheTestsOwn(TestCloud cloud) {
    ofBeforeEach = cloud;
  }

  @Test
  void whatBeforeEachTakesIsTheTestsOwn(TestCloud cloud, SqsClient queues, SqsClient same) {
    assertThat(ofBeforeEach).isSameAs(cloud);
    assertThat(queues).isSameAs(same);
  }

  @Test
  void aHostedAgentActsAndItsAnswerIsOnTheBus(TestCloud cloud) {
    String id = cloud.put("user.signed_up", DATA);
    assertThat(cloud.agent("welcome-agent").awaitEvent(id).header("webhook-id")).isEqualTo(id);
    assertThat(cloud.awaitAnswer("email.sent", id).path("data").path("to").asText())
        .isEqualTo("ada@example.com");
    assertThat(cloud.mails()).hasSize(1);
  }

  /** The command has the parser; a test adds it. */
  @Test
  void partiQlSaysWhatItNeeds(DynamoDbClient tables) {
    assertThatThrownBy(
            () ->
                tables.executeStatement(
                    execute -> execute.statement("SELECT * FROM \"agentpost-claims\"")))
        .hasMessageContaining(
            "needs org.partiql:partiql-lang-kotlin:0.3.4 on the class path for ExecuteStatement");
  }

  @Test
  void numbersReachTheAgentAndTheBusAsTheyWerePut(TestCloud cloud) {
    String numbers = "\"n\":[-0,-0.0,0E-10,1e-7,1E400,100.0,12345678901234567890.25]";
    String id = cloud.put("user.signed_up", DATA.replace("}", "," + numbers + "}"));
    assertThat(cloud.agent("welcome-agent").awaitEvent(id).text()).contains(numbers);
    assertThat(cloud.awaitEvent("user.signed_up").path("data").toString()).contains(numbers);
  }

  @Test
  void anAgentThatIsToldToFailTwiceIsAskedThreeTimesAndOnceTheClockHasMoved(TestCloud cloud) {
    TestAgent welcome = cloud.agent("welcome-agent");
    welcome.answers(503).retryAfter(Duration.ofHours(1)).times(2);
    String id = cloud.put("user.signed_up", DATA);
    for (int attempt = 1; attempt <= 2; attempt++) {
      int made = attempt;
      cloud.await(
          "attempt " + attempt,
          () -> welcome.attempts(id) == made ? Optional.of(made) : Optional.empty());
      cloud.advance(Duration.ofMinutes(61));
    }
    assertThat(welcome.awaitEvent(id).status())
        .as("of the request that it took, which its function answered")
        .isEmpty();
    assertThat(welcome.received())
        .extracting(ReceivedRequest::status)
        .extracting(status -> status.orElse(0))
        .containsExactly(503, 503, 0);
    assertThat(cloud.mails()).hasSize(1);
    assertThat(cloud.now()).isAfter(Instant.now().plus(Duration.ofHours(2)));
  }

  private static void attempted(TestCloud cloud, TestAgent agent, String eventId, int attempts) {
    cloud.await(
        "attempt " + attempts + " of " + eventId,
        () -> agent.attempts(eventId) >= attempts ? Optional.of(attempts) : Optional.empty());
  }

  private static List<Integer> answered(TestAgent agent) {
    return agent.received().stream().map(one -> one.status().orElse(0)).toList();
  }

  private static AttemptMade first(TestCloud cloud, String agent) {
    return cloud.happenings().stream()
        .filter(AttemptMade.class::isInstance)
        .map(AttemptMade.class::cast)
        .filter(made -> made.rule().equals("agentpost-" + agent))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatWasToldFirstIsAnsweredFirstAndThenAsUsual(TestCloud cloud) {
    TestAgent welcome = cloud.agent("welcome-agent");
    welcome.answers(500).times(0);
    welcome.answers(502).times(1);
    welcome.answers(429).times(1);
    String id = cloud.put("user.signed_up", DATA);
    for (int attempt = 1; attempt <= 2; attempt++) {
      attempted(cloud, welcome, id, attempt);
      cloud.advance(Duration.ofMinutes(1));
    }
    welcome.awaitEvent(id);
    assertThat(answered(welcome)).containsExactly(502, 429, 0);
  }

  @Test
  void anAgentThatRecoversForgetsWhatItWasTold(TestCloud cloud) {
    TestAgent welcome = cloud.agent("welcome-agent");
    welcome.answers(503).retryAfter(Duration.ofHours(1));
    String id = cloud.put("user.signed_up", DATA);
    attempted(cloud, welcome, id, 1);
    welcome.recovers();
    cloud.advance(Duration.ofMinutes(61));
    welcome.awaitEvent(id);
    assertThat(answered(welcome)).containsExactly(503, 0);
    assertThat(first(cloud, "welcome-agent").nextWait()).contains(Duration.ofHours(1));
  }

  @Test
  void anAgentThatIsSlowIsATimeOut(TestCloud cloud) {
    TestAgent slow = cloud.agent("slow-agent").hears("trial.ending");
    slow.answers(200).after(Duration.ofSeconds(6)).times(1);
    String id = cloud.put("trial.ending", TRIAL);
    slow.awaitEvent(id);
    assertThat(first(cloud, "slow-agent").status()).contains(504);
    assertThat(slow.attempts(id)).isEqualTo(2);
  }

  @Test
  void ofTwoEventsOfATypeTheOlderIsGiven(TestCloud cloud) {
    TestAgent billing = cloud.agent("billing-agent").hears("trial.ending");
    String older = cloud.put("trial.ending", TRIAL);
    billing.awaitEvent(older);
    String later = cloud.put("trial.ending", TRIAL);
    billing.awaitEvent(later);
    assertThat(billing.awaitType("trial.ending").eventId()).isEqualTo(older);
    assertThat(cloud.awaitEvent("trial.ending").path("event_id").asText()).isEqualTo(older);
  }

  @Test
  void anAddedAgentHearsWhatItSubscribedToSigned(TestCloud cloud) {
    TestAgent billing = cloud.agent("billing-agent").hears("trial.ending");
    cloud.put("user.signed_up", DATA);
    String id = cloud.put("trial.ending", TRIAL);
    ReceivedRequest received = billing.awaitType("trial.ending");
    assertThat(received.eventId()).isEqualTo(id);
    assertThat(billing.received()).hasSize(1);
    Map<String, List<String>> headers =
        received.headers().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
    Verifier verifier =
        new Verifier(
            KeySet.of(WebhookSecret.of(billing.secret())),
            Clock.systemUTC(),
            Verifier.DEFAULT_TOLERANCE);
    assertThat(verifier.verify(headers, received.body())).isInstanceOf(Verification.Accepted.class);
  }

  @Test
  void anAddedAgentThatRefusesHasADeadLetter(TestCloud cloud, SqsClient queues) {
    TestAgent billing = cloud.agent("billing-agent").hears("trial.ending");
    billing.answers(422);
    String id = cloud.put("trial.ending", TRIAL);
    assertThat(billing.awaitDeadLetter(id).errorCode()).isEqualTo("ERROR_FROM_TARGET");
    TestAgent crm = cloud.agent("crm-sync").hears("trial.ending");
    crm.answers(400);
    String next = cloud.put("trial.ending", TRIAL);
    assertThat(List.of(billing.awaitDeadLetter(next).rule(), crm.awaitDeadLetter(next).rule()))
        .as("each its own")
        .containsExactly("agentpost-billing-agent", "agentpost-crm-sync");
    String queue =
        queues.getQueueUrl(get -> get.queueName("agentpost-billing-agent-dlq")).queueUrl();
    assertThat(
            queues
                .receiveMessage(receive -> receive.queueUrl(queue).maxNumberOfMessages(10))
                .messages())
        .hasSize(2);
  }

  @Test
  void anAgentWithAServerOfItsOwnIsReached(TestCloud cloud) throws IOException {
    try (Endpoint server = new Endpoint()) {
      server.answers(503, "Retry-After: 3600").answers(200);
      TestAgent billing =
          cloud.agent("billing-agent").hears("trial.ending").at(URI.create(server.url("/hook")));
      String id = cloud.put("trial.ending", TRIAL);
      attempted(cloud, billing, id, 1);
      assertThat(first(cloud, "billing-agent").nextWait()).contains(Duration.ofHours(1));
      cloud.advance(Duration.ofMinutes(61));
      billing.awaitEvent(id);
      assertThat(server.received())
          .extracting(Endpoint.Received::line)
          .containsOnly("POST /hook HTTP/1.1");
      assertThat(server.received())
          .extracting(request -> request.header("webhook-id"))
          .containsExactly(id, id);
    }
  }

  @Test
  void everyTestHasABusTablesAndQueuesOfItsOwn(
      EventBridgeClient events, DynamoDbClient dynamo, SqsClient queues, TestCloud cloud) {
    assertThat(events.listRules(list -> list.eventBusName("agentpost")).rules())
        .extracting(rule -> rule.name())
        .containsExactlyInAnyOrder("agentpost-log", "agentpost-welcome-agent");
    assertThat(dynamo.scan(scan -> scan.tableName("agentpost-claims")).items()).isEmpty();
    assertThat(queues.listQueues().queueUrls()).hasSize(1);
    assertThat(cloud.happenings()).isEmpty();
  }

  @Test
  void whatDoesNotComeIsAFailureThatTellsWhatDid(TestCloud cloud) {
    cloud.waitsAtMost(Duration.ofMillis(300));
    String id = cloud.put("trial.ending", TRIAL);
    assertThatThrownBy(() -> cloud.agent("welcome-agent").awaitEvent(id))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no 2xx of welcome-agent to event " + id)
        .hasMessageContaining(
            "trial.ending " + id + " from test on agentpost, matched by [agentpost-log]");
  }

  @Test
  void whatPutWouldRefuseIsRefusedAtOnceWithThePlace(TestCloud cloud) {
    Map<String, String> refused =
        Map.of(
            "{}",
            "/data/user_id",
            DATA.replace("usr-1", " "),
            "/data/user_id",
            DATA.replace("\"ada@example.com\"", "7"),
            "/data/email",
            DATA.replace("web", ""),
            "/data/signup_source");
    refused.forEach(
        (data, place) ->
            assertThatThrownBy(() -> cloud.put("user.signed_up", data))
                .as(data)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(place));
    assertThatThrownBy(() -> cloud.put("user.singed_up", DATA))
        .hasMessageContaining("There is no schema for event_type 'user.singed_up'; known are ")
        .hasMessageContaining("user.signed_up");
    assertThat(cloud.happenings()).isEmpty();
  }

  @Test
  void ofAnAgentThatIsNotThereThoseThereAreAreTold(TestCloud cloud) {
    cloud.agent("crm-sync").hears("trial.ending");
    TestAgent nobody = cloud.agent("nobody");
    List<ThrowingCallable> uses =
        List.of(
            () -> nobody.answers(503),
            nobody::recovers,
            nobody::received,
            nobody::secret,
            () -> nobody.at(URI.create("http://localhost:1")),
            () -> nobody.awaitEvent("id"),
            () -> nobody.awaitType("trial.ending"),
            () -> nobody.awaitDeadLetter("id"),
            () -> nobody.attempts("id"));
    assertThat(uses)
        .allSatisfy(
            use ->
                assertThatThrownBy(use)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                        "There is no agent nobody; there are [crm-sync, welcome-agent], and"
                            + " agent(\"nobody\").hears(…) adds it"));
    assertThatThrownBy(() -> cloud.agent("welcome-agent").hears("trial.ending"))
        .hasMessageContaining("added already, by the catalog");
    assertThatThrownBy(() -> cloud.agent("No Name").hears("trial.ending"))
        .hasMessageContaining("agent");
    assertThat(nobody.hears("trial.ending").received()).isEmpty();
  }

  @Test
  void whatReachedAnAgentBeforeTheTestNamesItIsNotLost(TestCloud cloud) {
    String id = cloud.put("user.signed_up", DATA);
    cloud.awaitAnswer("email.sent", id);
    assertThat(cloud.agent("welcome-agent").awaitType("user.signed_up").eventId()).isEqualTo(id);
  }

  @Test
  void badArgumentsAreToldAtOnce(TestCloud cloud) {
    assertThatThrownBy(() -> cloud.put("user.signed_up", "[]")).hasMessageContaining("JSON object");
    assertThatThrownBy(() -> cloud.put("", "{}"))
        .hasMessageContaining("event_type must be 1 to 128 characters");
    for (int status : new int[] {99, 199, 600}) {
      assertThatThrownBy(() -> cloud.agent("welcome-agent").answers(status))
          .hasMessageContaining("200 to 599");
    }
    assertThatThrownBy(() -> cloud.advance(Duration.ofSeconds(-1)))
        .hasMessageContaining("forward only");
    TestAgent twice = cloud.agent("twice").hears("a.b");
    assertThatThrownBy(() -> twice.hears("a.c")).hasMessageContaining("added already");
  }
}

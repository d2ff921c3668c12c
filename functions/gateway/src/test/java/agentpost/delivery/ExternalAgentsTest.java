package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.address.Ranges;
import agentpost.catalog.AgentName;
import agentpost.delivery.DeliveryAttempt.Outcome;
import agentpost.health.ConsentStore;
import agentpost.health.HealthTable;
import agentpost.http.HttpPost;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.secrets.SecretStore;
import agentpost.signing.KeySet;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeNetwork;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;

/** The webhooks of others: asked first, left alone when they say so, and called by the guard. */
class ExternalAgentsTest {
  private static final AgentName CRM = new AgentName("crm");
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final byte[] EVENT = "{\"event_id\":\"uuid-1234-abcd\"}".getBytes(UTF_8);
  private static final JsonMapper JSON = new JsonMapper();

  private final MovableClock wall = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final LocalTables tables = new LocalTables();
  private final FakeDirectory directory = new FakeDirectory();
  private final FakeSecretsManager secrets =
      new FakeSecretsManager().with("agentpost/agents/crm", SECRET);
  private final List<Request> received = new CopyOnWriteArrayList<>();
  private final FakeNetwork network =
      new FakeNetwork(this::answered)
          .with("crm.example.com", "93.184.216.34")
          .with("other.example.com", "93.184.216.35");
  private FakeHttp.OtherSide owner = ExternalAgentsTest::echoes;
  private FakeHttp.OtherSide agent = _ -> Response.json(200, "{}");
  private Ranges opened = Ranges.NONE;

  ExternalAgentsTest() {
    livesAt("https://crm.example.com/hooks?tenant=1", "{\"challenge\":true}");
  }

  @AfterEach
  void close() {
    tables.close();
  }

  private void livesAt(String url, String external) {
    directory.with(
        "crm", "{\"endpoint\":\"" + url + "\",\"rate\":300,\"external\":" + external + "}");
  }

  private Response answered(Request request) throws IOException {
    received.add(request);
    return isChallenge(request) ? owner.answer(request) : agent.answer(request);
  }

  private static JsonNode json(Request request) throws IOException {
    return JSON.readTree(request.body());
  }

  private static boolean isChallenge(Request request) throws IOException {
    return json(request).path("type").asText().equals("verification");
  }

  private static Response echoes(Request request) throws IOException {
    return Response.json(200, "{\"challenge\":" + json(request).path("challenge") + "}");
  }

  /** A relay's instance; the jitter is half. */
  private SignedDelivery relay() {
    ExternalAgents externals =
        new ExternalAgents(
            new GuardedPost(new AddressGuard(network, Set.of(443), opened), network, wall),
            new HealthTable(tables.client(), LocalTables.HEALTH),
            wall,
            wall,
            () -> 0.5);
    FakeHttp hosted = new FakeHttp(this::answered);
    return new SignedDelivery(
        new AgentDirectory(directory, FakeDirectory.AGENTS, wall),
        new SecretStore(secrets, wall),
        "agentpost/agents/",
        new HttpPost(hosted, wall),
        Optional.empty(),
        Optional.of(externals),
        wall);
  }

  private List<String> kinds() {
    return received.stream()
        .map(
            request -> {
              try {
                return isChallenge(request) ? "challenge" : "event";
              } catch (IOException e) {
                return e.toString();
              }
            })
        .toList();
  }

  @Test
  void theOwnerIsAskedBeforeTheFirstEventAndOnce() throws Exception {
    SignedDelivery relay = relay();
    for (int i = 0; i < 3; i++) {
      assertThat(relay.deliver(CRM, EVENT).isTaken()).isTrue();
      wall.move(Duration.ofHours(1));
    }
    assertThat(relay().deliver(CRM, EVENT).isTaken()).as("another relay").isTrue();
    assertThat(kinds()).containsExactly("challenge", "event", "event", "event", "event");
    assertThat(received.get(1).body()).isEqualTo(EVENT);
  }

  @Test
  void theChallengeIsSignedAsADeliveryIsAndHasANonceOfItsOwn() throws Exception {
    owner = _ -> Response.json(404, "{}");
    relay().deliver(CRM, EVENT);
    Request first = received.getFirst();
    assertThat(
            new Verifier(KeySet.of(WebhookSecret.of(SECRET)), wall, Duration.ZERO)
                .verify(first.headers(), first.body()))
        .isInstanceOf(Verification.Accepted.class);
    assertThat(first.header("webhook-id").orElse(""))
        .startsWith("msg_verification_")
        .doesNotContain("uuid-1234-abcd");
    assertThat(first.path()).isEqualTo("/hooks?tenant=1");
    assertThat(json(first).path("challenge").asText()).hasSize(43);
    assertThat(json(first)).hasSize(2);
    wall.move(Duration.ofMinutes(1));
    relay().deliver(CRM, EVENT);
    assertThat(json(received.get(1)).path("challenge")).isNotEqualTo(json(first).path("challenge"));
    assertThat(received.get(1).header("webhook-id")).isNotEqualTo(first.header("webhook-id"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 {}",
        "200 ",
        "200 not json",
        "200 {\"challenge\":\"guessed\"}",
        "200 {\"challenge\":7}",
        "302 {}",
        "401 {}",
        "404 {}",
        "405 {}",
        "500 {}",
        "503 {}"
      })
  void withoutTheNonceNothingIsDelivered(String answer) {
    owner = _ -> Response.json(Integer.parseInt(answer.substring(0, 3)), answer.substring(4));
    DeliveryAttempt attempt = relay().deliver(CRM, EVENT);
    assertThat(attempt.outcome()).isEqualTo(Outcome.UNVERIFIED);
    assertThat(attempt.response().status()).isEqualTo(503);
    assertThat(attempt.response().headers()).containsEntry("Retry-After", "45");
    assertThat(attempt.isFailure()).as("a failure of the agent's, for its circuit").isFalse();
    assertThat(kinds()).containsExactly("challenge");
    assertThat(attempt.fields().toLine("delivery"))
        .contains("\"challenge\":\"answered " + answer.substring(0, 3));
  }

  @Test
  void aNonceInAnErrorIsNoConsent() {
    owner =
        request -> {
          Response echo = echoes(request);
          return new Response(400, echo.headers(), echo.body());
        };
    assertThat(relay().deliver(CRM, EVENT).outcome()).isEqualTo(Outcome.UNVERIFIED);
  }

  @Test
  void anOwnerThatIsSilentIsNotSentTheEvent() {
    owner =
        _ -> {
          throw new IOException("reset");
        };
    assertThat(relay().deliver(CRM, EVENT).outcome()).isEqualTo(Outcome.UNVERIFIED);
    assertThat(kinds()).containsExactly("challenge");
  }

  /** Else whoever puts a stranger's URL into a catalog floods the stranger with challenges. */
  @Test
  void whoDoesNotAnswerIsAskedLessAndLess() {
    owner = _ -> Response.json(404, "{}");
    List<Integer> asked = new ArrayList<>();
    SignedDelivery one = relay();
    SignedDelivery other = relay();
    for (int minute = 0; minute < 60; minute++) {
      for (int i = 0; i < 20; i++) {
        one.deliver(CRM, EVENT);
        other.deliver(CRM, EVENT);
      }
      asked.add(received.size());
      wall.move(Duration.ofMinutes(1));
    }
    assertThat(asked.subList(0, 9))
        .as("after 0, 0:30, 1, 2, 4 and 8 minutes more, at full minutes")
        .containsExactly(1, 2, 3, 3, 4, 4, 4, 4, 5);
    assertThat(received).hasSizeBetween(8, 10).hasSize(asked.getLast());
  }

  @Test
  void ofManyRelaysAtOnceOneAsks() throws Exception {
    List<Callable<DeliveryAttempt>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SignedDelivery relay = relay();
      all.add(() -> relay.deliver(CRM, EVENT));
    }
    owner = _ -> Response.json(500, "{}");
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var attempt : threads.invokeAll(all)) {
        assertThat(attempt.get().response().headers()).containsKey("Retry-After");
      }
    }
    assertThat(kinds()).containsExactly("challenge");
  }

  @Test
  void whoeverComesWhileOneIsAskingComesAgainSoon() {
    SignedDelivery other = relay();
    List<DeliveryAttempt> meanwhile = new ArrayList<>();
    owner =
        request -> {
          meanwhile.add(other.deliver(CRM, EVENT));
          return echoes(request);
        };
    assertThat(relay().deliver(CRM, EVENT).isTaken()).isTrue();
    assertThat(meanwhile)
        .singleElement()
        .satisfies(
            attempt -> assertThat(attempt.response().headers()).containsEntry("Retry-After", "8"));
  }

  @Test
  void aChangedUrlIsAskedAnew() {
    SignedDelivery relay = relay();
    relay.deliver(CRM, EVENT);
    livesAt("https://other.example.com/hooks", "{\"challenge\":true}");
    wall.move(Duration.ofMinutes(2));
    owner = _ -> Response.json(404, "{}");
    assertThat(relay.deliver(CRM, EVENT).outcome()).isEqualTo(Outcome.UNVERIFIED);
    assertThat(kinds()).containsExactly("challenge", "event", "challenge");
    assertThat(received.getLast().header("Host")).contains("other.example.com");
  }

  @Test
  void goneStopsDeliveriesUntilSomeoneResumesThem() {
    SignedDelivery relay = relay();
    SignedDelivery other = relay();
    relay.deliver(CRM, EVENT);
    other.deliver(CRM, EVENT);
    agent = _ -> Response.json(410, "{}");
    received.clear();
    assertThat(relay.deliver(CRM, EVENT).response().status()).isEqualTo(410);
    wall.move(ConsentCache.TTL);
    for (int i = 0; i < 10; i++) {
      assertThat(relay.deliver(CRM, EVENT))
          .satisfies(attempt -> assertThat(attempt.outcome()).isEqualTo(Outcome.STOPPED))
          .satisfies(attempt -> assertThat(attempt.response().status()).isEqualTo(410));
      assertThat(other.deliver(CRM, EVENT).outcome()).isEqualTo(Outcome.STOPPED);
      wall.move(Duration.ofDays(3));
    }
    assertThat(received)
        .as("it is left alone, and for longer than rows of health are kept")
        .hasSize(1);
    agent = _ -> Response.json(200, "{}");
    ConsentStore consents = new ConsentStore(new HealthTable(tables.client(), LocalTables.HEALTH));
    assertThat(consents.resume(CRM, wall.instant())).isPresent();
    assertThat(consents.resume(CRM, wall.instant())).as("resumed twice").isEmpty();
    assertThat(relay().deliver(CRM, EVENT).isTaken()).isTrue();
    assertThat(kinds())
        .as("its owner is asked again")
        .containsExactly("event", "challenge", "event");
  }

  @Test
  void aChallengeThatIsAnsweredWithGoneStopsThemToo() {
    owner = _ -> Response.json(410, "{}");
    assertThat(relay().deliver(CRM, EVENT).outcome()).isEqualTo(Outcome.STOPPED);
    wall.move(Duration.ofDays(1));
    assertThat(relay().deliver(CRM, EVENT).response().status()).isEqualTo(410);
    assertThat(kinds()).containsExactly("challenge");
  }

  @Test
  void anotherUrlIsNotGone() {
    owner = _ -> Response.json(410, "{}");
    relay().deliver(CRM, EVENT);
    livesAt("https://other.example.com/hooks", "{\"challenge\":true}");
    owner = ExternalAgentsTest::echoes;
    assertThat(relay().deliver(CRM, EVENT).isTaken()).isTrue();
  }

  @Test
  void aHostedAgentIsNeverAskedAndItsGoneStopsNothing() {
    directory.with("crm", "{\"endpoint\":\"https://api.example.com/prod/webhooks/crm\"}");
    agent = _ -> Response.json(410, "{}");
    SignedDelivery relay = relay();
    relay.deliver(CRM, EVENT);
    relay.deliver(CRM, EVENT);
    assertThat(kinds()).containsExactly("event", "event");
    assertThat(tables.rows(LocalTables.HEALTH)).isEmpty();
  }

  @Test
  void whoWasAskedOtherwiseIsNotAskedAndMaySayGone() {
    livesAt("https://crm.example.com/hooks", "{\"challenge\":false}");
    SignedDelivery relay = relay();
    assertThat(relay.deliver(CRM, EVENT).isTaken()).isTrue();
    agent = _ -> Response.json(410, "{}");
    relay.deliver(CRM, EVENT);
    assertThat(relay.deliver(CRM, EVENT).outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(kinds()).containsExactly("event", "event");
  }

  @Test
  void whileTheTableDoesNotAnswerWhoWasVerifiedIsDeliveredToAndNobodyElse() {
    SignedDelivery relay = relay();
    relay.deliver(CRM, EVENT);
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    wall.move(Duration.ofMinutes(5));
    assertThat(relay.deliver(CRM, EVENT).isTaken()).isTrue();
    DeliveryAttempt unknown = relay().deliver(CRM, EVENT);
    assertThat(unknown.outcome()).isEqualTo(Outcome.TRY_AGAIN);
    assertThat(unknown.response().headers()).containsEntry("Retry-After", "5");
    assertThat(kinds()).containsExactly("challenge", "event", "event");
  }

  @Test
  void aProofThatCannotBeWrittenDownIsAskedForAgain() {
    tables.failBefore(
        call ->
            call.equals("updateItem") && received.size() == 1
                ? Optional.of(SdkClientException.create("gone"))
                : Optional.empty());
    assertThat(relay().deliver(CRM, EVENT).isTaken()).isTrue();
    wall.move(Duration.ofMinutes(1));
    assertThat(relay().deliver(CRM, EVENT).isTaken()).isTrue();
    assertThat(kinds()).containsExactly("challenge", "event", "challenge", "event");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.20.3.4", "127.0.0.1", "169.254.169.254", "::1"})
  void anUrlInsideANetworkIsNotCalled(String address) {
    network.with("crm.example.com", "93.184.216.34", address);
    DeliveryAttempt attempt = relay().deliver(CRM, EVENT);
    assertThat(attempt.outcome()).isEqualTo(Outcome.UNVERIFIED);
    assertThat(received).isEmpty();
    assertThat(network.connected()).isEmpty();
    livesAt("https://crm.example.com/hooks", "{\"challenge\":false}");
    DeliveryAttempt unasked = relay().deliver(CRM, EVENT);
    assertThat(unasked.response().status()).isEqualTo(502);
    assertThat(unasked.isFailure())
        .as("so that its circuit opens, and someone hears of it")
        .isTrue();
    assertThat(network.connected()).isEmpty();
  }

  @Test
  void anUrlInARangeThatWasOpenedIsCalled() {
    network.with("crm.example.com", "10.20.3.4");
    opened = Ranges.of("10.20.0.0/16");
    assertThat(relay().deliver(CRM, EVENT).isTaken()).isTrue();
  }

  @Test
  void aChallengeThatTakesTheTimeOfTheAttemptLeavesTheEventToTheNext() {
    owner =
        request -> {
          wall.move(Duration.ofMillis(3_700));
          return echoes(request);
        };
    SignedDelivery relay = relay();
    DeliveryAttempt first = relay.deliver(CRM, EVENT);
    assertThat(first.outcome()).isEqualTo(Outcome.UNVERIFIED);
    assertThat(first.response().headers()).containsEntry("Retry-After", "1");
    assertThat(relay.deliver(CRM, EVENT).isTaken()).isTrue();
    assertThat(kinds()).containsExactly("challenge", "event");
  }

  /** As API Gateway's, of which a hosted agent's says nothing of it. */
  @Test
  void anExternalAgentsErrorIsItsOwnWhateverItsWords() {
    livesAt("https://crm.example.com/hooks", "{\"challenge\":false}");
    agent = _ -> Response.json(500, "{\"message\":\"Internal server error\"}");
    assertThat(relay().deliver(CRM, EVENT).isFailure()).isTrue();
  }

  @Test
  void withoutATableNothingIsDeliveredToExternalAgents() {
    SignedDelivery relay =
        new SignedDelivery(
            new AgentDirectory(directory, FakeDirectory.AGENTS, wall),
            new SecretStore(secrets, wall),
            "agentpost/agents/",
            new HttpPost(new FakeHttp(this::answered), wall),
            wall);
    assertThat(relay.deliver(CRM, EVENT).outcome()).isEqualTo(Outcome.TRY_AGAIN);
    assertThat(received).isEmpty();
  }
}

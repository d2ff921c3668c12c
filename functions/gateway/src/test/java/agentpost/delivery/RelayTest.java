package agentpost.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.delivery.TlsAgent.Received;
import agentpost.health.HealthTable;
import agentpost.http.HttpPost;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.secrets.SecretStore;
import agentpost.signing.Ed25519Key;
import agentpost.signing.KeySet;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeParameters;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.MovableClock;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class RelayTest {
  private static final String KEY = "k".repeat(64);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEXT = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  /** Spaces and an odd order, so that a relay that parses and writes again is found out. */
  private static final byte[] BODY =
      "{ \"data\":{\"n\":1.10, \"s\":\"\u00df\"},\"event_id\":\"uuid-1234-abcd\"}\n"
          .getBytes(UTF_8);

  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final FakeSecretsManager secrets =
      new FakeSecretsManager()
          .with("agentpost/relay", "{\"api_key\":\"" + KEY + "\"}")
          .with("agentpost/agents/crm-sync", SECRET);
  private final FakeParameters agents = new FakeParameters();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private TlsAgent agent;

  @BeforeEach
  void start() throws Exception {
    agent = new TlsAgent();
    livesAt(agent.endpoint().toString());
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
  }

  private void livesAt(String endpoint) {
    livesAt("crm-sync", endpoint);
  }

  private void livesAt(String name, String endpoint) {
    agents.with("/agentpost/agents/" + name, "{\"endpoint\":\"" + endpoint + "\"}");
  }

  private Relay relay() {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(agent.trust())
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    SecretStore store = new SecretStore(secrets, clock);
    SignedDelivery delivery =
        new SignedDelivery(
            new AgentDirectory(agents, "/agentpost/agents/", clock),
            store,
            "agentpost/agents/",
            new HttpPost(http, clock),
            clock);
    // These entries have no breaker, so that a table that does nothing will do.
    HealthTable table = new HealthTable(new NoTable(), "agentpost-health");
    return new Relay(
        new Relay.Parts(
            store,
            "agentpost/relay",
            new CircuitBreaker(delivery, table, ExampleEvents.reader(), clock, clock, () -> 0),
            clock,
            clock,
            log::add));
  }

  private static final class NoTable implements DynamoDbClient {
    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private static Request delivery(String name, byte[] body, String... keys) {
    return new Request(
        "POST",
        "/deliveries/" + name,
        Map.of("agent", name),
        Map.of(Relay.KEY_HEADER, List.of(keys)),
        body,
        "127.0.0.1");
  }

  private Response deliver() {
    return relay().deliver(delivery("crm-sync", BODY, KEY));
  }

  private Verification verified(Received received, String secret) {
    return verified(received, WebhookSecret.of(secret));
  }

  private Verification verified(Received received, SigningKey key) {
    Map<String, List<String>> headers = new TreeMap<>();
    received.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    return new Verifier(KeySet.of(key), clock, Duration.ZERO).verify(headers, received.body());
  }

  @Test
  void theAgentGetsTheSameBytesSignedByBothSchemes() {
    assertEquals(200, deliver().status());
    Received received = agent.received().getFirst();
    assertEquals("POST /hooks/agent HTTP/1.1", received.requestLine());
    assertArrayEquals(BODY, received.body());
    assertEquals("uuid-1234-abcd", received.headers().get("webhook-id"));
    assertEquals("application/json; charset=utf-8", received.headers().get("content-type"));
    assertInstanceOf(Verification.Accepted.class, verified(received, SECRET));
    Map<String, List<String>> plain =
        Map.of(
            "x-webhook-signature",
            List.of(String.valueOf(received.headers().get("x-webhook-signature"))));
    assertInstanceOf(
        Verification.Accepted.class,
        new Verifier(KeySet.of(WebhookSecret.of(SECRET)), clock, Duration.ZERO)
            .verify(plain, received.body()));
    assertFalse(
        received.headers().containsKey("x-agentpost-relay-key"),
        "the connection's key goes no further");
  }

  @Test
  void everyAttemptIsSignedAtItsOwnTimeUnderTheSameId() {
    Relay relay = relay();
    relay.deliver(delivery("crm-sync", BODY, KEY));
    clock.move(Duration.ofHours(3));
    relay.deliver(delivery("crm-sync", BODY, KEY));
    Received second = agent.received().getLast();
    assertInstanceOf(Verification.Accepted.class, verified(second, SECRET));
    assertEquals(
        Long.toString(clock.instant().getEpochSecond()), second.headers().get("webhook-timestamp"));
    assertEquals(
        agent.received().getFirst().headers().get("webhook-id"),
        second.headers().get("webhook-id"));
  }

  @Test
  void aKeyThatADeploymentChangedTenSecondsAgoOpensAtOnce() {
    Relay relay = relay();
    secrets.with("agentpost/relay", "{\"api_key\":\"another-key\"}");
    clock.move(Duration.ofSeconds(10));
    assertEquals(200, relay.deliver(delivery("crm-sync", BODY, "another-key")).status());
    int calls = secrets.calls();
    for (int i = 0; i < 100; i++) {
      assertEquals(403, relay.deliver(delivery("crm-sync", BODY, "guess-" + i)).status());
    }
    assertEquals(calls, secrets.calls());
  }

  @Test
  void
      anAgentThatTheDirectorySaysHasEd25519GetsSignaturesOfItsPairAndOfItsOldSecretUntilThatIsTurnedOver() {
    livesAtWith("\"signature\":\"ed25519\"");
    Ed25519Key pair = Ed25519Key.derive(WebhookSecret.of(SECRET));
    assertEquals(200, deliver().status());
    assertInstanceOf(
        Verification.Accepted.class,
        verified(agent.received().getLast(), (SigningKey) Ed25519Key.of(pair.publicText())));
    assertInstanceOf(Verification.Accepted.class, verified(agent.received().getLast(), SECRET));
    secrets.with(
        "agentpost/agents/crm-sync",
        "{\"current\":\"whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=\"}");
    assertEquals(200, deliver().status());
    Received received = agent.received().getLast();
    assertEquals(
        "webhook-id webhook-signature webhook-timestamp",
        String.join(
            " ",
            received.headers().keySet().stream()
                .filter(name -> name.contains("webhook"))
                .sorted()
                .toList()));
    assertTrue(String.valueOf(received.headers().get("webhook-signature")).startsWith("v1a,"));
  }

  private void livesAtWith(String settings) {
    agents.with(
        "/agentpost/agents/crm-sync",
        "{\"endpoint\":\"" + agent.endpoint() + "\"," + settings + "}");
  }

  @Test
  void duringARotationAReceiverMayHaveEitherSecret() {
    secrets.with(
        "agentpost/agents/crm-sync",
        "{\"current\":\"" + NEXT + "\",\"previous\":\"" + SECRET + "\"}");
    assertEquals(200, deliver().status());
    assertInstanceOf(Verification.Accepted.class, verified(agent.received().getFirst(), SECRET));
    assertInstanceOf(Verification.Accepted.class, verified(agent.received().getFirst(), NEXT));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        200, 201, 202, 204, 400, 402, 403, 404, 409, 410, 422, 423, 424, 426, 429, 451, 500, 501,
        503, 599
      })
  void theAgentsOwnStatusIsPassedOn(int status) {
    agent.answers(
        TlsAgent.raw(
            "HTTP/1.1 "
                + status
                + " x\r\nContent-Length: 0\r\nRetry-After: 7\r\nX-Other: no\r\n\r\n"));
    Response response = deliver();
    assertEquals(status, response.status());
    assertEquals("7", response.headers().get("Retry-After"));
    assertFalse(response.headers().containsKey("X-Other"));
  }

  @Test
  void aBodyThatIsTooLargeForGoodIsPassedOn() {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 413 x\r\nContent-Length: 0\r\nRetry-After: never\r\n\r\n"));
    assertEquals(413, deliver().status());
  }

  /** RFC 9110, 15.5.9, 15.5.14 and 15.5.20; RFC 8470, 5.2. EventBridge would give the event up. */
  @ParameterizedTest
  @ValueSource(ints = {408, 413, 421, 425})
  void whatPassesByItsOwnRfcIsHandedToEventBridgeAs503(int status) {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n"));
    Response response = deliver();
    assertEquals(503, response.status());
    assertEquals("7", response.headers().get("Retry-After"));
    assertTrue(
        new String(response.body(), UTF_8).contains("the agent answered " + status),
        "someone will look for why");
    assertTrue(log.getLast().contains("\"agent_status\":" + status), log.getLast());
  }

  /**
   * For a negative one EventBridge gives the event up at once, and for one that is longer than it
   * keeps events as well.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "-0",
        "+5",
        "1.5",
        "1e3",
        "soon",
        "",
        "99999999999999999999",
        "86401",
        "120\r\nRetry-After: 60",
        "7, 7",
        "0x10",
        "٣",
        "Tue, 31 Mar 2026"
      })
  void aRetryAfterThatIsNotAllowedIsDropped(String value) {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: " + value + "\r\n\r\n"));
    Response response = deliver();
    assertEquals(503, response.status());
    assertFalse(response.headers().containsKey("Retry-After"), response.headers().toString());
  }

  private Response deliver(Instant happened) {
    String event =
        "{\"event_id\":\"uuid-1234-abcd\",\"event_type\":\"user.signed_up\",\"timestamp\":\""
            + happened
            + "\",\"data\":{},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
    return relay().deliver(delivery("crm-sync", event.getBytes(UTF_8), KEY));
  }

  /**
   * An event that is to wait for a day is a day old then, and EventBridge gives it up at once: an
   * agent that asks for a rest would lose it.
   */
  @ParameterizedTest
  @CsvSource({
    "'',0,86400,82800",
    "'',0,82801,82800",
    "'',0,82800,82800",
    "'',36000,86400,46800",
    "'',36000,600,600",
    "'',86000,86400,3600",
    "'',900000,86400,3600",
    "'',-600,86400,82800",
    "',\"maxAge\":600',0,3600,575",
    "',\"maxAge\":600',300,3600,275",
    "',\"maxAge\":60',0,86400,57",
    "',\"maxAge\":60',59,30,2"
  })
  void aWaitThatWouldBeTheEndOfTheEventIsCutSoThatItIsTriedOnceMore(
      String more, int age, String asked, String passedOn) {
    agents.with(
        "/agentpost/agents/crm-sync", "{\"endpoint\":\"" + agent.endpoint() + "\"" + more + "}");
    for (String status : List.of("503", "429", "401", "413", "500")) {
      agent.answers(
          TlsAgent.raw(
              "HTTP/1.1 "
                  + status
                  + " x\r\nContent-Length: 0\r\nRetry-After: "
                  + asked
                  + "\r\n\r\n"));
      Response response = deliver(clock.instant().minusSeconds(age));
      assertEquals(passedOn, response.headers().get("Retry-After"), status);
      assertEquals(
          !asked.equals(passedOn),
          log.getLast().contains("\"retry_after_asked\":" + asked + ",\"retry_after\":" + passedOn),
          log.getLast());
    }
  }

  @Test
  void ofAnEventThatCannotBeReadAWaitOfAnHourIsPassedOnAtMost() {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: 86400\r\n\r\n"));
    assertEquals("3600", deliver().headers().get("Retry-After"));
  }

  /** By the agent's own clock, of which its Date is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Tue, 31 Mar 2026 10:32:00 GMT",
        "Tuesday, 31-Mar-26 10:32:00 GMT",
        "Tue Mar 31 10:32:00 2026"
      })
  void aRetryAfterThatIsADateIsPassedOnInSeconds(String value) {
    agent.answers(
        TlsAgent.raw(
            "HTTP/1.1 503 x\r\n"
                + "Content-Length: 0\r\n"
                + "Date: Tue, 31 Mar 2026 10:30:00 GMT\r\n"
                + "Retry-After: "
                + value
                + "\r\n\r\n"));
    assertEquals("120", deliver().headers().get("Retry-After"));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 407})
  void whatWouldDeauthorizeTheConnectionOfAllAgentsIsABadGateway(int status) {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n"));
    Response response = deliver();
    assertEquals(502, response.status());
    assertEquals("7", response.headers().get("Retry-After"));
    assertTrue(
        new String(response.body(), UTF_8).contains("the agent answered " + status),
        "someone will look for why");
    assertTrue(log.getLast().contains("\"agent_status\":" + status), log.getLast());
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308, 600, 999})
  void aRedirectIsNotFollowedAndWhatIsNoFinalStatusIsABadGateway(int status) {
    agent.answers(
        TlsAgent.raw(
            "HTTP/1.1 "
                + status
                + " x\r\nContent-Length: 0\r\nLocation: "
                + agent.endpoint()
                + "/elsewhere\r\n\r\n"));
    assertEquals(502, deliver().status());
    assertEquals(1, agent.received().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/9.9 hello\r\n\r\n",
        "\0\1\2"
      })
  void anAgentThatAnswersGarbageIsABadGateway(String garbage) {
    agent.answers(TlsAgent.raw(garbage));
    assertEquals(502, deliver().status());
    assertTrue(log.getLast().contains("unreachable"), log.getLast());
  }

  @Test
  void anAgentThatIsNotThereIsABadGateway() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      livesAt("https://localhost:" + free.getLocalPort() + "/");
    }
    assertEquals(502, deliver().status());
  }

  @Test
  void anAgentThatTakesTooLongIsAnsweredForBeforeItAnswers() {
    CountDownLatch answered = new CountDownLatch(1);
    agent.answers(_ -> answered.await());
    assertEquals(504, deliver().status(), "while the agent still has not answered");
    answered.countDown();
  }

  @Test
  void anAgentThatNeverEndsItsAnswerIsAnsweredForToo() {
    agent.answers(
        socket -> {
          TlsAgent.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n").to(socket);
          // Until the relay hangs up; then writing fails.
          while (true) {
            TlsAgent.raw("x".repeat(16_000)).to(socket);
          }
        });
    assertEquals(504, deliver().status());
  }

  @Test
  void aLongAnswerIsCutNotRefused() {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 500 x\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000)));
    Response response = deliver();
    assertEquals(500, response.status());
    assertEquals(HttpPost.MAX_KEPT_BYTES, response.body().length);
  }

  @Test
  void withoutTheConnectionsKeyNothingIsDelivered() {
    assertEquals(403, relay().deliver(delivery("crm-sync", BODY)).status());
    assertEquals(403, relay().deliver(delivery("crm-sync", BODY, "")).status());
    assertEquals(403, relay().deliver(delivery("crm-sync", BODY, KEY.substring(1))).status());
    assertEquals(403, relay().deliver(delivery("crm-sync", BODY, KEY + "k")).status());
    assertEquals(
        403,
        relay().deliver(delivery("crm-sync", BODY, KEY, KEY)).status(),
        "two keys are not one");
    assertEquals(List.of(), agent.received());
  }

  @Test
  void anAgentThatIsNotInTheDirectoryIsNotFound() {
    assertEquals(404, relay().deliver(delivery("nobody", BODY, KEY)).status());
    assertEquals(404, relay().deliver(delivery("../agents/crm-sync", BODY, KEY)).status());
    assertEquals(
        403,
        relay().deliver(delivery("nobody", BODY, "wrong")).status(),
        "who has no key learns nothing of who is there");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/",
        "https://user:pass@localhost/",
        "https:///x",
        "ftp://localhost/",
        "not a url",
        ""
      })
  void anEndpointThatIsNotHttpsIsNotCalled(String endpoint) {
    livesAt(endpoint);
    assertEquals(503, deliver().status());
    assertEquals(List.of(), agent.received());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"event_id\":7}",
        "{\"data\":{}}",
        "{\"event_id\":\"a\\r\\nX-Injected: 1\"}"
      })
  void aBodyWithoutAnIdCannotBeSigned(String body) {
    assertEquals(
        400, relay().deliver(delivery("crm-sync", body.getBytes(ISO_8859_1), KEY)).status());
    assertEquals(List.of(), agent.received());
  }

  @Test
  void whatTheRelayDependsOnMayBeDownForAWhile() {
    Relay relay = relay();
    secrets.down(true);
    Response noSecret = relay.deliver(delivery("crm-sync", BODY, KEY));
    assertEquals(503, noSecret.status());
    assertEquals("5", noSecret.headers().get("Retry-After"));
    secrets.down(false);
    agents.down(true);
    clock.move(Duration.ofMinutes(20));
    assertEquals(503, relay.deliver(delivery("crm-sync", BODY, KEY)).status());
    agents.down(false);
    assertEquals(200, relay.deliver(delivery("crm-sync", BODY, KEY)).status());
  }

  @Test
  void anAgentWithoutASecretIsNeverCalledUnsigned() {
    livesAt("new-agent", agent.endpoint().toString());
    assertEquals(503, relay().deliver(delivery("new-agent", BODY, KEY)).status());
    assertEquals(List.of(), agent.received());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"api_key\":\"\"}", "{\"api_key\":\" \"}", "not json"})
  void aRelayWithoutItsKeyDoesNotStart(String text) {
    secrets.with("agentpost/relay", text);
    IllegalStateException failure = assertThrows(IllegalStateException.class, this::relay);
    assertTrue(
        String.valueOf(failure.getMessage()).contains("agentpost/relay"), failure.getMessage());
  }

  @Test
  void everyAttemptLeavesOneLineAndNoSecretInIt() {
    deliver();
    relay().deliver(delivery("crm-sync", BODY, "wrong-key"));
    assertEquals(2, log.size());
    assertTrue(
        log.getFirst().contains("\"agent\":\"crm-sync\"")
            && log.getFirst().contains("\"event_id\":\"uuid-1234-abcd\""),
        log.getFirst());
    for (String line : log) {
      assertFalse(
          line.contains(KEY) || line.contains("wrong-key") || line.contains(SECRET.substring(6)),
          line);
    }
  }
}

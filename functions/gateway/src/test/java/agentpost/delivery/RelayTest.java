package agentpost.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.delivery.TlsAgent.Received;
import agentpost.http.Response;
import agentpost.signing.Ed25519Key;
import agentpost.signing.KeySet;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayTest extends RelayTestBed {
  private static final String NEXT = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

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
    agents.with("crm-sync", "{\"endpoint\":\"" + agent.endpoint() + "\"," + settings + "}");
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

  @Test
  void anAgentThatIsNotInTheDirectoryIsAskedForAgain() {
    assertEquals(503, relay().deliver(delivery("nobody", BODY, KEY)).status());
    assertEquals(404, relay().deliver(delivery("../agents/crm-sync", BODY, KEY)).status());
    assertEquals(
        503,
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
    assertEquals(503, relay().deliver(delivery("crm-sync", BODY, KEY)).status());
    clock.move(Duration.ofMinutes(20));
    assertEquals(200, relay.deliver(delivery("crm-sync", BODY, KEY)).status());
  }

  @Test
  void anAgentWithoutASecretIsNeverCalledUnsigned() {
    livesAt("new-agent", agent.endpoint().toString());
    assertEquals(503, relay().deliver(delivery("new-agent", BODY, KEY)).status());
    assertEquals(List.of(), agent.received());
  }

  @Test
  void everyAttemptLeavesOneLineAndNoSecretInIt() {
    deliver();
    relay().deliver(delivery("crm-sync", BODY, "wrong-key"));
    assertEquals(3, log.size(), "a refused key is counted, too");
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

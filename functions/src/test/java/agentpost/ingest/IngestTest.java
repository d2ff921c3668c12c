package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.AgentName;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookSecrets;
import agentpost.signing.Signer;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.Claims;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A CRM that signs by Standard Webhooks tells of a lead; each scenario changes one thing. */
class IngestTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final Duration REMAINING = Duration.ofSeconds(15);
  private static final EventSchemas SCHEMAS = EventSchemas.load();
  private static final String CATALOG =
      """
      {"crm": {"scheme": "standard", "type": "/kind", "delivery": "header:webhook-id", "unmapped": "acknowledged",
        "mappings": {"lead.created": {"event": "lead.captured",
          "data": {"lead_id": "/lead/id", "email": "/lead/contact/0/email", "employees": "/lead/staff", "source": "/origin"}}}},
       "chat": {"scheme": "slack", "type": "/type", "delivery": "/event_id", "unmapped": "refused", "mappings": {}}}""";
  private static final String LEAD = "{\"kind\":\"lead.created\",\"origin\":\"fair\",\"lead\":{\"id\":\"l-1\",\"contact\":[{\"email\":\"ada@example.com\"}],\"staff\":250,\"phone\":\"1\"}}";

  private final LocalTables tables = new LocalTables();
  private final FakeSecretsManager secrets = new FakeSecretsManager().with("agentpost/sources/crm", SECRET).with("agentpost/sources/chat", "slack-secret");
  private final FakeBus bus = new FakeBus();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  private final List<String> log = new ArrayList<>();

  @AfterEach
  void close() {
    tables.close();
  }

  private Ingest ingest(String source) {
    Source read = new Sources("https://agentpost.example.com/ingest/", "agentpost/sources/").read(CATALOG).get(source);
    return new Ingest(
        new Ingest.Parts(
            Objects.requireNonNull(read),
            new SourceKeys(new SecretStore(secrets, clock)),
            SCHEMAS,
            new Claims(tables.client(), LocalTables.CLAIMS, new AgentName("ingest-" + source), clock),
            new EventBridgePublisher(bus, "agentpost", _ -> {}),
            clock,
            log::add));
  }

  private static Request request(Map<String, String> headers, String body) {
    Map<String, List<String>> all = new HashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return new Request("POST", "/ingest/crm", Map.of(), all, body.getBytes(UTF_8), "192.0.2.7");
  }

  private Response receive(String id, String body) {
    return receive(SECRET, id, body);
  }

  private Response receive(String secret, String id, String body) {
    return ingest("crm").receive(request(new Signer(WebhookSecrets.parse(secret)).standard(id, clock.instant(), body.getBytes(UTF_8)), body), REMAINING);
  }

  private static JsonNode json(byte[] text) throws JsonProcessingException {
    return new JsonMapper().readTree(new String(text, UTF_8));
  }

  private void assertNothingPublished() {
    assertEquals(List.of(), bus.accepted());
  }

  @Test
  void aSignedWebhookBecomesAnEvent() throws JsonProcessingException {
    Response response = receive("msg_1", LEAD);
    assertEquals(202, response.status(), log.getLast());
    assertEquals("lead.captured", bus.accepted().getFirst().detailType());
    assertEquals("crm", bus.accepted().getFirst().source());
    JsonNode event = json(bus.accepted().getFirst().detail().getBytes(UTF_8));
    assertEquals(new JsonMapper().readTree("{\"lead_id\":\"l-1\",\"email\":\"ada@example.com\",\"employees\":250,\"source\":\"fair\"}"), event.path("data"));
    assertEquals(event.path("event_id").asText(), json(response.body()).path("event_ids").path(0).asText());
  }

  @Test
  void aRepeatedDeliveryIsAnsweredWithTheSameIdAndNotPublishedAgain() {
    byte[] first = receive("msg_1", LEAD).body();
    clock.move(Duration.ofMinutes(30));
    Response again = receive("msg_1", LEAD);
    assertEquals(202, again.status());
    assertEquals(new String(first, UTF_8), new String(again.body(), UTF_8));
    assertEquals(1, bus.accepted().size());
  }

  @Test
  void anotherDeliveryOfTheSameTextIsAnotherEvent() {
    receive("msg_1", LEAD);
    receive("msg_2", LEAD);
    assertEquals(2, bus.accepted().size());
  }

  @Test
  void aForgeryIsRefusedBeforeAnythingIsReadOrClaimed() {
    Response response = receive(OTHER, "msg_1", "{not json");
    assertEquals(403, response.status());
    assertTrue(log.getLast().contains("\"outcome\":\"forbidden\""), log.getLast());
    assertNothingPublished();
    assertEquals(202, receive("msg_1", LEAD).status());
  }

  @Test
  void aRequestWithoutASignatureIsRefused() {
    assertEquals(403, ingest("crm").receive(request(Map.of(), LEAD), REMAINING).status());
    assertNothingPublished();
  }

  @Test
  void aRecordedRequestIsRefused() {
    Request recorded = request(new Signer(WebhookSecrets.parse(SECRET)).standard("msg_1", clock.instant(), LEAD.getBytes(UTF_8)), LEAD);
    clock.move(Duration.ofMinutes(6));
    assertEquals(403, ingest("crm").receive(recorded, REMAINING).status());
    assertNothingPublished();
  }

  @Test
  void eitherSecretVerifiesDuringARotation() {
    secrets.with("agentpost/sources/crm", "{\"current\":\"" + OTHER + "\",\"previous\":\"" + SECRET + "\"}");
    assertEquals(202, receive(SECRET, "msg_1", LEAD).status());
    assertEquals(202, receive(OTHER, "msg_2", LEAD).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"kind\":\"lead.created\",\"kind\":\"x\"}", "null"})
  void whatIsNoJsonObjectIsRefused(String body) {
    assertEquals(422, receive("msg_1", body).status());
    assertNothingPublished();
  }

  @Test
  void whatDoesNotFitTheSchemaIsRefusedAndNotClaimed() {
    Response response = receive("msg_1", LEAD.replace("\"staff\":250", "\"staff\":\"many\""));
    assertEquals(422, response.status());
    assertTrue(new String(response.body(), UTF_8).contains("/data/employees"), new String(response.body(), UTF_8));
    assertNothingPublished();
    assertEquals(202, receive("msg_1", LEAD).status());
  }

  @Test
  void whatThePayloadLacksTheSchemaMisses() {
    Response response = receive("msg_1", LEAD.replace("\"email\"", "\"mail\""));
    assertEquals(422, response.status());
    assertTrue(new String(response.body(), UTF_8).contains("/data/email"), new String(response.body(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"kind\":\"lead.deleted\"}", "{}", "{\"kind\":{}}", "{\"kind\":null}"})
  void aTypeWithoutAMappingIsAcknowledgedAndSaidSoInTheLog(String body) {
    Response response = receive("msg_1", body);
    assertEquals("202 {\"event_ids\":[]}", response.status() + " " + new String(response.body(), UTF_8));
    assertTrue(log.getLast().contains("\"outcome\":\"unmapped\""), log.getLast());
    assertNothingPublished();
  }

  @Test
  void aDeliveryIdThatIsNoneIsRefused() {
    assertEquals(422, receive("msg/1", LEAD).status());
    assertNothingPublished();
  }

  @Test
  void whatDidNotGetOntoTheBusIsPublishedWhenItComesAgain() {
    bus.down(true);
    assertEquals(503, receive("msg_1", LEAD).status());
    bus.down(false);
    assertEquals(202, receive("msg_1", LEAD).status());
    assertEquals(1, bus.accepted().size());
  }

  @Test
  void aSourceWithoutASecretIsNoOpenDoor() {
    for (String text : Set.of(" ", "too short", "{\"current\":\"\"}", "{")) {
      secrets.with("agentpost/sources/crm", text);
      assertEquals(503, receive("msg_1", LEAD).status(), text);
    }
    assertNothingPublished();
    assertFalse(String.join("\n", log).contains("too short"), "no secret in the log");
  }

  @Test
  void aBodyOverOneMebibyteIsNotVerified() {
    assertEquals(413, receive("msg_1", " ".repeat(Ingest.LARGEST_BODY + 1)).status());
  }

  private Response slack(String secret, String body) {
    String seconds = Long.toString(clock.instant().getEpochSecond());
    byte[] signature = HmacAlgorithm.SHA256.of(secret.getBytes(UTF_8), ("v0:" + seconds + ':' + body).getBytes(UTF_8));
    Map<String, String> headers = Map.of("X-Slack-Request-Timestamp", seconds, "X-Slack-Signature", "v0=" + HexFormat.of().formatHex(signature));
    return ingest("chat").receive(request(headers, body), REMAINING);
  }

  @Test
  void slacksChallengeIsAnsweredIfItIsSigned() {
    String body = "{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1a\"}";
    Response response = slack("slack-secret", body);
    assertEquals("200 {\"challenge\":\"3eZbrw1a\"}", response.status() + " " + new String(response.body(), UTF_8));
    assertEquals(403, slack("another", body).status());
  }

  @Test
  void aTypeWithoutAMappingIsRefusedWhereTheCatalogSaysSo() {
    assertEquals(422, slack("slack-secret", "{\"type\":\"event_callback\",\"event_id\":\"Ev1\"}").status());
  }
}

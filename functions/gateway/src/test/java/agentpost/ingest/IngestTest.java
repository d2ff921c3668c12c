package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.catalog.HmacAlgorithm;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Digest;
import agentpost.signing.Signer;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** A CRM that signs by Standard Webhooks tells of a lead; each scenario changes one thing. */
class IngestTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final Duration REMAINING = Duration.ofSeconds(15);
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private static final String CATALOG =
      """
      {"crm": {"scheme": "standard", "type": "/kind", "unmapped": "acknowledged",
        "mappings": {"lead.created": {"event": "lead.captured",
          "data": {"lead_id": "/lead/id", "email": "/lead/contact/0/email", "employees": "/lead/staff", "source": "/origin"}}}},
       "chat": {"scheme": "slack", "type": "/type", "delivery": "/event_id", "unmapped": "refused", "mappings": {"a": {"event": "b", "data": {}}}},
       "forge": {"scheme": "github", "type": "header:X-GitHub-Event", "mappings": {
         "star": {"event": "lead.captured", "data": {"lead_id": {"pointer": "/sender/id", "as": "text"}, "email": "/sender/email", "source": {"value": "referral"}}},
         "watch": {"event": "user.converted", "data": {"user_id": {"pointer": "/sender/id", "as": "text"}, "email": "/sender/email", "plan": {"value": "pro"}}}}},
       "gauge": {"scheme": "github", "type": "/kind", "delivery": "unsigned-header:X-Delivery", "mappings": {
         "lead": {"event": "lead.captured", "data": {"lead_id": "/id", "email": "/email"}},
         "answer": {"event": "information.provided", "data": {"about": "/about", "values": "/values"}}}},
       "sms": {"scheme": "twilio", "type": "/SmsStatus", "mappings": {
         "received": {"event": "lead.captured", "data": {"lead_id": "/MessageSid", "email": "/Body", "employees": {"pointer": "/NumMedia", "as": "number"}}}}}}\
      """;
  private static final String LEAD =
      "{\"kind\":\"lead.created\",\"origin\":\"fair\",\"lead\":{\"id\":\"l-1\",\"contact\":[{\"email\":\"ada@example.com\"}],\"staff\":250,\"phone\":\"1\"}}";
  private static final String STAR =
      "{\"action\":\"created\",\"sender\":{\"id\":583231,\"email\":\"octo@example.com\"}}";

  private final LocalTables tables = new LocalTables();
  private final FakeSecretsManager secrets =
      new FakeSecretsManager().with("agentpost/sources/crm", SECRET);
  private final FakeBus bus = new FakeBus();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  private final List<String> log = new ArrayList<>();

  @AfterEach
  void close() {
    tables.close();
  }

  IngestTest() {
    for (String source : List.of("chat", "forge", "gauge", "sms")) {
      secrets.with("agentpost/sources/" + source, source + "-secret");
    }
  }

  private Ingest ingest() {
    return new Ingest(
        new Ingest.Parts(
            new SourceVerifiers(new SecretStore(secrets, clock)),
            SCHEMAS,
            name ->
                new ClaimStore(
                    tables.client(), LocalTables.CLAIMS, new AgentName("ingest-" + name), clock),
            new EventBridgePublisher(bus, "agentpost", _ -> {}),
            "agentpost",
            clock,
            log::add));
  }

  private static Source source(String name) {
    return new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/")
        .read(new AgentName(name), catalog(name));
  }

  private Response receive(String source, Request request) {
    return ingest().receive(source(source), request, REMAINING);
  }

  private static String catalog(String source) {
    try {
      return new JsonMapper().readTree(CATALOG).path(source).toString();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
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
    return receive(
        "crm",
        request(
            new Signer(WebhookKeyStore.parse(secret))
                .standard(id, clock.instant(), body.getBytes(UTF_8)),
            body));
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
    assertEquals(
        new JsonMapper()
            .readTree(
                "{\"lead_id\":\"l-1\",\"email\":\"ada@example.com\",\"employees\":250,\"source\":\"fair\"}"),
        event.path("data"));
    assertEquals(
        event.path("event_id").asText(), json(response.body()).path("event_ids").path(0).asText());
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
    assertEquals(403, receive("crm", request(Map.of(), LEAD)).status());
    assertNothingPublished();
  }

  @Test
  void aRecordedRequestIsRefused() {
    Request recorded =
        request(
            new Signer(WebhookKeyStore.parse(SECRET))
                .standard("msg_1", clock.instant(), LEAD.getBytes(UTF_8)),
            LEAD);
    clock.move(Duration.ofMinutes(6));
    assertEquals(403, receive("crm", recorded).status());
    assertNothingPublished();
  }

  @Test
  void eitherSecretVerifiesDuringARotation() {
    secrets.with(
        "agentpost/sources/crm", "{\"current\":\"" + OTHER + "\",\"previous\":\"" + SECRET + "\"}");
    assertEquals(202, receive(SECRET, "msg_1", LEAD).status());
    assertEquals(202, receive(OTHER, "msg_2", LEAD).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"kind\":\"lead.created\",\"kind\":\"x\"}", "null"})
  void whatIsNoJsonObjectIsRefused(String body) {
    assertEquals(422, receive("msg_1", body).status());
    assertEquals(body, kept().path("body").asText());
  }

  @Test
  void whatDoesNotFitTheSchemaIsRefusedAndKeptAndPublishedOnceItFits() {
    String wrong = LEAD.replace("\"staff\":250", "\"staff\":\"many\"");
    Response response = receive("msg_1", wrong);
    assertEquals(422, response.status());
    assertTrue(
        new String(response.body(), UTF_8).contains("/data/employees"),
        new String(response.body(), UTF_8));
    JsonNode kept = kept();
    assertEquals(
        "lead.created lead.captured text " + wrong,
        String.join(
            " ",
            List.of("type", "event_type", "encoding", "body").stream()
                .map(name -> kept.path(name).asText())
                .toList()));
    assertTrue(kept.path("reason").asText().contains("/data/employees"), kept.toString());
    assertEquals(202, receive("msg_1", LEAD).status());
    assertEquals(
        List.of("ingest.refused", "lead.captured"),
        bus.accepted().stream().map(PutEventsRequestEntry::detailType).toList());
  }

  @Test
  void whatIsRefusedAgainAndAgainIsKeptAndCountedOnce() {
    for (int i = 0; i < 3; i++) {
      assertEquals(422, receive("msg_1", "[]").status());
    }
    assertEquals("[]", kept().path("body").asText());
    assertEquals(1, log.stream().filter(line -> line.contains("\"IngestRefused\":1")).count());
  }

  @Test
  void whatIsRefusedAndCannotBeKeptNowIsToComeAgain() {
    bus.down(true);
    assertEquals(503, receive("msg_1", "[]").status());
    bus.down(false);
    assertEquals(422, receive("msg_1", "[]").status());
    assertEquals("[]", kept().path("body").asText());
  }

  @Test
  void whatIsNoTextIsKeptInBase64() {
    byte[] body = {(byte) 0xff, 0};
    Map<String, List<String>> headers = new HashMap<>();
    new Signer(WebhookKeyStore.parse(SECRET))
        .standard("msg_1", clock.instant(), body)
        .forEach((name, value) -> headers.put(name, List.of(value)));
    assertEquals(
        422,
        receive("crm", new Request("POST", "/ingest/crm", Map.of(), headers, body, "192.0.2.7"))
            .status());
    assertEquals(
        "base64 /wA=", kept().path("encoding").asText() + " " + kept().path("body").asText());
  }

  /** The only event on the bus; its data. */
  private JsonNode kept() {
    assertEquals(
        List.of("ingest.refused"),
        bus.accepted().stream().map(PutEventsRequestEntry::detailType).toList());
    try {
      JsonNode event = json(bus.accepted().getFirst().detail().getBytes(UTF_8));
      assertEquals("", SCHEMAS.validate(event).problem());
      return event.path("data");
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatThePayloadLacksTheSchemaMisses() {
    Response response = receive("msg_1", LEAD.replace("\"email\"", "\"mail\""));
    assertEquals(422, response.status());
    assertTrue(
        new String(response.body(), UTF_8).contains("/data/email"),
        new String(response.body(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"kind\":\"lead.deleted\"}", "{\"kind\":\"7\"}"})
  void aTypeWithoutAMappingIsAcknowledgedAndCounted(String body) throws JsonProcessingException {
    Response response = receive("msg_1", body);
    assertEquals(
        "202 {\"event_ids\":[]}", response.status() + " " + new String(response.body(), UTF_8));
    assertTrue(log.getLast().contains("\"outcome\":\"unmapped\""), log.getLast());
    JsonNode metric = json(log.getFirst().getBytes(UTF_8));
    assertEquals(
        "[[\"Bus\"],[\"Bus\",\"Source\"]]",
        metric.at("/_aws/CloudWatchMetrics/0/Dimensions").toString());
    assertEquals(
        "agentpost crm 1",
        metric.path("Bus").asText()
            + " "
            + metric.path("Source").asText()
            + " "
            + metric.path("IngestUnmapped").asInt());
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
    assertEquals(413, receive("msg_1", " ".repeat(Ingest.MAX_BODY_BYTES + 1)).status());
  }

  private Response slack(String secret, String body) {
    String seconds = Long.toString(clock.instant().getEpochSecond());
    byte[] signature =
        HmacAlgorithm.SHA256.of(
            secret.getBytes(UTF_8), ("v0:" + seconds + ':' + body).getBytes(UTF_8));
    Map<String, String> headers =
        Map.of(
            "X-Slack-Request-Timestamp",
            seconds,
            "X-Slack-Signature",
            "v0=" + HexFormat.of().formatHex(signature));
    return receive("chat", request(headers, body));
  }

  @Test
  void slacksChallengeIsAnsweredIfItIsSigned() {
    String body = "{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1a\"}";
    Response response = slack("chat-secret", body);
    assertEquals(
        "200 {\"challenge\":\"3eZbrw1a\"}",
        response.status() + " " + new String(response.body(), UTF_8));
    assertEquals(403, slack("another", body).status());
    for (String odd : List.of("null", "true", "7", "{}", "[\"a\"]")) {
      assertEquals(
          422,
          slack("chat-secret", "{\"type\":\"url_verification\",\"challenge\":" + odd + "}")
              .status(),
          odd);
    }
    assertEquals(422, slack("chat-secret", "{\"type\":\"url_verification\"}").status());
  }

  @Test
  void aTypeWithoutAMappingIsRefusedWhereTheCatalogSaysSo() {
    assertEquals(
        422, slack("chat-secret", "{\"type\":\"event_callback\",\"event_id\":\"Ev1\"}").status());
  }

  /**
   * As Slack sends interactions (docs.slack.dev, "Handling user interaction"): a form with JSON in
   * it.
   */
  @Test
  void aMappingReachesIntoTheJsonOfAFormsPayload() throws JsonProcessingException {
    String form = "payload=" + URLEncoder.encode(STAR, UTF_8);
    assertEquals(
        202,
        receive(
                "forge",
                hub(
                    form,
                    "X-GitHub-Event",
                    "star",
                    "Content-Type",
                    "application/x-www-form-urlencoded"))
            .status(),
        log.getLast());
    assertEquals(
        "583231",
        json(bus.accepted().getFirst().detail().getBytes(UTF_8)).at("/data/lead_id").asText());
  }

  /**
   * A form that has more in it, or something else, is a form: its author's texts are not taken
   * apart.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "payload=%7B%22SmsStatus%22%3A%22received%22%7D&Body=x",
        "payload=text",
        "body=%7B%7D"
      })
  void anotherFormStaysOne(String form) {
    assertEquals(
        202,
        receive(
                "forge",
                hub(
                    form,
                    "X-GitHub-Event",
                    "none",
                    "Content-Type",
                    "application/x-www-form-urlencoded"))
            .status(),
        log.getLast());
    assertTrue(log.getLast().contains("\"outcome\":\"unmapped\""), log.getLast());
  }

  private Request hub(String body, String... headers) {
    Map<String, String> all = new HashMap<>();
    all.put(
        "X-Hub-Signature-256",
        "sha256="
            + HexFormat.of()
                .formatHex(
                    HmacAlgorithm.SHA256.of("forge-secret".getBytes(UTF_8), body.getBytes(UTF_8))));
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    return request(all, body);
  }

  @Test
  void constantsAndNumbersThatBecomeTextsAreMapped() throws JsonProcessingException {
    Response response = receive("forge", hub(STAR, "X-GitHub-Event", "star"));
    assertEquals(202, response.status(), log.getLast());
    assertEquals(
        new JsonMapper()
            .readTree(
                "{\"lead_id\":\"583231\",\"email\":\"octo@example.com\",\"source\":\"referral\"}"),
        json(bus.accepted().getFirst().detail().getBytes(UTF_8)).path("data"));
  }

  /** GitHub signs the body alone: with one recorded, its headers are anyone's to choose. */
  @Test
  void aRecordedBodyIsOneEventWhateverItsUnsignedIdSays() {
    Response first =
        receive("forge", hub(STAR, "X-GitHub-Event", "star", "X-GitHub-Delivery", "72d3162e"));
    clock.move(Duration.ofDays(20));
    Response otherId =
        receive("forge", hub(STAR, "X-GitHub-Event", "star", "X-GitHub-Delivery", "another"));
    assertEquals(
        "202 " + new String(first.body(), UTF_8),
        otherId.status() + " " + new String(otherId.body(), UTF_8));
    assertEquals(1, bus.accepted().size());
  }

  @Test
  void aDeliveryIdThatTheCatalogTakesUnsignedTellsDeliveriesApart() {
    String body = "{\"kind\":\"lead\",\"id\":\"l-1\",\"email\":\"ada@example.com\"}";
    String signature =
        "sha256="
            + HexFormat.of()
                .formatHex(
                    HmacAlgorithm.SHA256.of("gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8)));
    for (String id : List.of("a/b c+\u00fc==", "2", "a/b c+\u00fc==")) {
      assertEquals(
          202,
          receive(
                  "gauge",
                  request(Map.of("X-Hub-Signature-256", signature, "X-Delivery", id), body))
              .status(),
          log.getLast());
    }
    assertEquals(2, bus.accepted().size());
    assertEquals(
        422, receive("gauge", request(Map.of("X-Hub-Signature-256", signature), body)).status());
  }

  /** It would be refused by PutEvents as often as it came. */
  @Test
  void anEventThatIsTooLargeForTheBusIsRefused() {
    for (int size : new int[] {Ingest.MAX_EVENT_BYTES, 10}) {
      String body =
          "{\"kind\":\"answer\",\"about\":{\"type\":\"lead\",\"id\":\"l-1\"},\"values\":{\"note\":\""
              + "x".repeat(size)
              + "\"}}";
      String signature =
          "sha256="
              + HexFormat.of()
                  .formatHex(
                      HmacAlgorithm.SHA256.of(
                          "gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8)));
      Response response =
          receive(
              "gauge", request(Map.of("X-Hub-Signature-256", signature, "X-Delivery", "1"), body));
      assertEquals(size == 10 ? 202 : 422, response.status(), log.getLast());
      assertEquals(
          size != 10, log.getLast().contains("at most 900000 can be published"), log.getLast());
    }
  }

  private Response sms(
      String form, Map<String, List<String>> query, String signed, String contentType) {
    String signature =
        Base64.getEncoder()
            .encodeToString(
                HmacAlgorithm.SHA1.of("sms-secret".getBytes(UTF_8), signed.getBytes(UTF_8)));
    Map<String, List<String>> headers =
        Map.of("X-Twilio-Signature", List.of(signature), "content-type", List.of(contentType));
    return receive(
        "sms",
        new Request(
            "POST", "/ingest/sms", Map.of(), query, headers, form.getBytes(UTF_8), "192.0.2.7"));
  }

  @Test
  void aFormBecomesAnObjectOfTexts() throws JsonProcessingException {
    String signed =
        "https://agentpost.example.com/ingest/smsBodyada+fair@example.comMessageSidSM1NumMedia2SmsStatusreceived";
    Response response =
        sms(
            "MessageSid=SM1&SmsStatus=received&NumMedia=2&Body=ada%2Bfair%40example.com",
            Map.of(), signed, "application/x-www-form-urlencoded; charset=UTF-8");
    assertEquals(200, response.status(), log.getLast());
    assertEquals(
        new JsonMapper()
            .readTree("{\"lead_id\":\"SM1\",\"email\":\"ada+fair@example.com\",\"employees\":2}"),
        json(bus.accepted().getFirst().detail().getBytes(UTF_8)).path("data"));
  }

  @Test
  void theQueryThatTwilioSignsIsThatOfTheRequest() {
    String door = "https://agentpost.example.com/ingest/sms";
    String body =
        "{\"SmsStatus\":\"received\",\"MessageSid\":\"SM1\",\"Body\":\"ada@example.com\"}";
    String hash = Digest.sha256Hex(body.getBytes(UTF_8));
    Map<String, List<String>> query = new LinkedHashMap<>();
    query.put("bodySHA256", List.of(hash));
    query.put("to", List.of("b c"));
    query.put("from", List.of("a"));
    assertEquals(
        200,
        sms(body, query, door + "?from=a&to=b%20c&bodySHA256=" + hash, "application/json").status(),
        log.getLast());
    assertEquals(
        200,
        sms(body, query, door + "?bodySHA256=" + hash + "&to=b%20c&from=a", "application/json")
            .status(),
        log.getLast());
    assertEquals(403, sms(body, query, door + "?bodySHA256=" + hash, "application/json").status());
    assertEquals(
        403,
        sms(
                body.replace("SM1", "SM2"),
                query,
                door + "?from=a&to=b%20c&bodySHA256=" + hash,
                "application/json")
            .status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%zz", "a=%ff", "%"})
  void aFormThatIsNoneIsRefused(String form) {
    byte[] signature =
        HmacAlgorithm.SHA256.of("forge-secret".getBytes(UTF_8), form.getBytes(UTF_8));
    Map<String, String> headers =
        Map.of(
            "X-Hub-Signature-256",
            "sha256=" + HexFormat.of().formatHex(signature),
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertEquals(422, receive("forge", request(headers, form)).status());
    assertEquals(form, kept().path("body").asText());
  }

  @Test
  void aHugeNumberNestingOrFormCostsNothing() {
    String form = "a&".repeat(500_000);
    assertTimeout(
        Duration.ofSeconds(5),
        () -> {
          assertEquals(422, receive("msg_1", LEAD.replace("250", "1e999999999")).status());
          assertEquals(422, receive("msg_2", "[".repeat(500_000)).status());
          assertEquals(
              422,
              receive("forge", hub(form, "Content-Type", "application/x-www-form-urlencoded"))
                  .status());
        });
    // What is larger than the bus takes is told to its sender and to whoever hears of the alarm.
    assertEquals(
        List.of("ingest.refused", "ingest.refused"),
        bus.accepted().stream().map(PutEventsRequestEntry::detailType).toList());
    assertTrue(log.getLast().contains("\"kept\":\"too large to be kept\""), log.getLast());
  }

  @Test
  void whatASenderChoosesCannotBeginALineOfTheLogOrFillIt() {
    receive(
        "forge", hub(STAR, "X-GitHub-Event", "x\n{\"message\":\"forged\"}" + "y".repeat(10_000)));
    assertTrue(
        log.stream().noneMatch(line -> line.contains("\n") || line.length() > 1000),
        log.toString());
  }

  @Test
  void aRehearsalLeavesNothingBehind() {
    ingest().rehearse(Optional.of(source("crm")));
    assertEquals(List.of(), log);
    assertNothingPublished();
  }

  @Test
  void aSecretThatAPersonPutTenSecondsAgoIsKnownAtOnceAndForgeriesMakeNoCalls() {
    Ingest ingest = ingest();
    assertEquals(202, ingest.receive(source("crm"), signed(SECRET, "d-1"), REMAINING).status());
    secrets.with("agentpost/sources/crm", OTHER);
    clock.move(Duration.ofSeconds(10));
    assertEquals(202, ingest.receive(source("crm"), signed(OTHER, "d-2"), REMAINING).status());
    int calls = secrets.calls();
    for (int i = 0; i < 1000; i++) {
      assertEquals(
          403,
          ingest
              .receive(source("crm"), signed("whsec_" + "A".repeat(32), "d-3"), REMAINING)
              .status());
    }
    assertEquals(calls, secrets.calls());
  }

  private Request signed(String secret, String id) {
    return request(
        new Signer(WebhookKeyStore.parse(secret))
            .standard(id, clock.instant(), LEAD.getBytes(UTF_8)),
        LEAD);
  }

  /** It overflowed whoever validated it: 502, and kept nowhere. */
  @Test
  void aTextThatKillsAPatternIsRefusedAndKept() throws JsonProcessingException {
    String body =
        LEAD.replace(
            "\"origin\":\"fair\"", "\"origin\":\"fair\",\"zone\":\"A" + "/b".repeat(50_000) + "\"");
    Source crm =
        new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/")
            .read(
                new AgentName("crm"),
                catalog("crm").replace("\"source\":\"/origin\"", "\"time_zone\":\"/zone\""));
    Response response =
        ingest()
            .receive(
                crm,
                request(
                    new Signer(WebhookKeyStore.parse(SECRET))
                        .standard("m-1", clock.instant(), body.getBytes(UTF_8)),
                    body),
                REMAINING);
    assertEquals(422, response.status());
    assertTrue(
        json(response.body())
            .path("detail")
            .asText()
            .contains("/data/time_zone: must have at most 64 characters"),
        () -> new String(response.body(), UTF_8));
    assertEquals(
        List.of("ingest.refused"),
        bus.accepted().stream().map(PutEventsRequestEntry::detailType).toList());
    assertEquals(
        body,
        json(bus.accepted().getFirst().detail().getBytes(UTF_8))
            .path("data")
            .path("body")
            .asText());
  }

  @Test
  void whatIsMappedKeepsItsDigits() {
    String values = "{\"a\":12345678901234567890.25,\"b\":100.0,\"c\":1e2,\"d\":0.0000001}";
    String body =
        "{\"kind\":\"answer\",\"about\":{\"type\":\"lead\",\"id\":\"l-1\"},\"values\":"
            + values
            + "}";
    Source gauge =
        new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/")
            .read(new AgentName("gauge"), catalog("gauge"));
    Map<String, String> headers =
        Map.of(
            "X-Hub-Signature-256",
            "sha256="
                + HexFormat.of()
                    .formatHex(
                        HmacAlgorithm.SHA256.of(
                            "gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8))),
            "X-Delivery",
            "d-1");
    assertEquals(202, ingest().receive(gauge, request(headers, body), REMAINING).status());
    assertTrue(
        bus.accepted().getFirst().detail().contains("\"values\":" + values),
        () -> bus.accepted().getFirst().detail());
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "4711", "true", "{}", "[]", "\"\"", "\" \"", ""})
  void anIdThatIsNoneIsRefusedByNameAndKept(String id) throws JsonProcessingException {
    String body =
        LEAD.replace(
            id.isEmpty() ? "\"id\":\"l-1\"," : "\"id\":\"l-1\"",
            id.isEmpty() ? "" : "\"id\":" + id);
    Response response = receive("m-1", body);
    assertEquals(422, response.status());
    assertTrue(
        json(response.body()).path("detail").asText().contains("/data/lead_id: "),
        () -> new String(response.body(), UTF_8));
    assertEquals(
        List.of("ingest.refused"),
        bus.accepted().stream().map(PutEventsRequestEntry::detailType).toList());
  }

  /**
   * What is kept is cut by characters: half of one is refused by whoever reads it, and by the SDK.
   */
  @Test
  void aTypeIsCutBetweenCharacters() {
    String type = "t".repeat(99) + "\ud83d\ude00".repeat(50);
    String body = LEAD.replace("lead.created", "lead.created\",\"more\":\"\\ud83d");
    receive(
        "crm",
        request(
            withType(
                new Signer(WebhookKeyStore.parse(SECRET))
                    .standard("m-1", clock.instant(), body.getBytes(UTF_8)),
                "text/" + "x".repeat(250) + type),
            body));
    assertEquals(
        List.of("ingest.refused"),
        bus.accepted().stream().map(PutEventsRequestEntry::detailType).toList());
    assertTrue(isReadable(bus.accepted().getFirst().detail()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "{}", "[]", "\"\"", "\" \""})
  void whatIsMappedAsATextIsOneOrANumber(String id) throws JsonProcessingException {
    String body = STAR.replace("583231", id);
    Map<String, String> headers =
        Map.of(
            "X-GitHub-Event",
            "star",
            "X-Hub-Signature-256",
            "sha256="
                + HexFormat.of()
                    .formatHex(
                        HmacAlgorithm.SHA256.of(
                            "forge-secret".getBytes(UTF_8), body.getBytes(UTF_8))));
    Response response = receive("forge", request(headers, body));
    assertEquals(422, response.status());
    assertTrue(
        json(response.body()).path("detail").asText().contains("/data/lead_id: "),
        () -> new String(response.body(), UTF_8));
  }

  /** With "true" for an id all of a source's deliveries would be one. */
  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "{}", "[]", "\"\"", "\" \""})
  void aDeliveryWhoseIdIsNoneIsKeptAndNotTakenForAnother(String id) {
    Source gauge =
        new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/")
            .read(
                new AgentName("gauge"),
                catalog("gauge").replace("unsigned-header:X-Delivery", "/delivery"));
    String body =
        "{\"kind\":\"lead\",\"id\":\"l-1\",\"email\":\"a@example.com\",\"delivery\":" + id + "}";
    Map<String, String> headers =
        Map.of(
            "X-Hub-Signature-256",
            "sha256="
                + HexFormat.of()
                    .formatHex(
                        HmacAlgorithm.SHA256.of(
                            "gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8))));
    Response response = ingest().receive(gauge, request(headers, body), REMAINING);
    assertEquals(422, response.status());
    assertTrue(
        new String(response.body(), UTF_8)
            .contains("the delivery's id is not where the catalog says"));
    assertEquals(
        List.of("ingest.refused"),
        bus.accepted().stream().map(PutEventsRequestEntry::detailType).toList());
  }

  private static Map<String, String> withType(Map<String, String> headers, String type) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", type);
    return all;
  }

  private static boolean isReadable(String detail) {
    return new agentpost.event.EventReader(SCHEMAS).read(detail)
        instanceof agentpost.event.EventReader.Reading.Valid;
  }
}

package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Hmac;
import agentpost.signing.Signer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** What was signed and becomes no event: refused, kept and counted. */
class IngestRefusalsTest extends IngestTestBed {
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
  void aTypeWithoutAMappingIsRefusedWhereTheCatalogSaysSo() {
    assertEquals(
        422, slack("chat-secret", "{\"type\":\"event_callback\",\"event_id\":\"Ev1\"}").status());
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
                  .formatHex(Hmac.sha256("gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8)));
      Response response =
          receive(
              "gauge", request(Map.of("X-Hub-Signature-256", signature, "X-Delivery", "1"), body));
      assertEquals(size == 10 ? 202 : 422, response.status(), log.getLast());
      assertEquals(
          size != 10, log.getLast().contains("at most 900000 can be published"), log.getLast());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%zz", "a=%ff", "%"})
  void aFormThatIsNoneIsRefused(String form) {
    byte[] signature = Hmac.sha256("forge-secret".getBytes(UTF_8), form.getBytes(UTF_8));
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
        Duration.ofSeconds(60),
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
                    .formatHex(Hmac.sha256("gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8))));
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

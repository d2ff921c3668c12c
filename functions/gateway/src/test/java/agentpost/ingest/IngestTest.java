package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Digest;
import agentpost.signing.Hmac;
import agentpost.signing.Signer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A CRM that signs by Standard Webhooks tells of a lead; each scenario changes one thing. */
class IngestTest extends IngestTestBed {
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

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
                .formatHex(Hmac.sha256("gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8)));
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
}

package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.http.Response;
import agentpost.signing.Hmac;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URLEncoder;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a payload, in JSON or a form, gets into an event. */
class IngestMappingTest extends IngestTestBed {
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
                    .formatHex(Hmac.sha256("gauge-secret".getBytes(UTF_8), body.getBytes(UTF_8))),
            "X-Delivery",
            "d-1");
    assertEquals(202, ingest().receive(gauge, request(headers, body), REMAINING).status());
    assertTrue(
        bus.accepted().getFirst().detail().contains("\"values\":" + values),
        () -> bus.accepted().getFirst().detail());
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
                    .formatHex(Hmac.sha256("forge-secret".getBytes(UTF_8), body.getBytes(UTF_8))));
    Response response = receive("forge", request(headers, body));
    assertEquals(422, response.status());
    assertTrue(
        json(response.body()).path("detail").asText().contains("/data/lead_id: "),
        () -> new String(response.body(), UTF_8));
  }
}

package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Third parties' webhooks, signed their way, through the API to the bus and to who hears of a lead.
 */
class IngestIT {
  private static final String DOOR = "https://hooks.example.com/ingest/";
  private static final String LEADS =
      "'mappings':{'lead':{'event':'lead.captured','data':{'lead_id':'/id','email':'/email','source':{'value':'partner_crm'}}}}}";

  @TempDir private static Path cdkOut;
  private static final List<DeliveryEvent.EventAccepted> EVENTS = new CopyOnWriteArrayList<>();
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    AgentpostTemplate template =
        new AgentpostTemplate()
            .source(
                "crm",
                "{'scheme':{'header':'X-Crm-Signature','prefix':'sha256=','encoding':'hex','algorithm':'sha256','signed':'{timestamp}.{body}',"
                    + "'timestampHeader':'X-Crm-Timestamp'},'type':'/event','delivery':'/delivery',"
                    + LEADS)
            .source("fresh", "{'scheme':'github','type':'/event'," + LEADS)
            .source(
                "github",
                "{'scheme':'github','type':'header:X-GitHub-Event','unmapped':'refused'," + LEADS)
            .source(
                "slack", "{'scheme':'slack','type':'/event/type','delivery':'/event_id'," + LEADS)
            .source("stripe", "{'scheme':'stripe','type':'/type','delivery':'/id'," + LEADS)
            .source("twilio", "{'scheme':'twilio','type':'/event'," + LEADS)
            .source(
                "batch",
                "{'scheme':'github','each':'','type':'/event','mappings':{'bought':{'event':'user.converted','data':{'user_id':'/id','plan':'/plan'}}}}");
    template
        .function("agentpost-ingest", "agentpost.ingest.IngestHandler", 15, "/ingest/{source}")
        .put("SOURCES", "batch,crm,fresh,github,slack,stripe,twilio")
        .put("SOURCE_DIRECTORY", "agentpost/directory/sources")
        .put("SOURCE_SECRET_PREFIX", "agentpost/sources/")
        .put("INGEST_URL", DOOR)
        .put("CLAIMS_TABLE", "agentpost-claims")
        .put("BUS_NAME", "agentpost");
    template
        .agent(
            "lead-qualification",
            "agentpost.leads.LeadQualificationHandler",
            "{\"detail-type\":[\"lead.captured\"]}")
        .put("AGENT_STATE_TABLE", "agentpost-agent-state");
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.listen(
        happening -> {
          if (happening instanceof DeliveryEvent.EventAccepted accepted) {
            EVENTS.add(accepted);
          }
        });
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
    try (SecretsManagerClient secrets =
        cloud.clients("test").create(SecretsManagerClient.builder())) {
      for (String source : List.of("batch", "crm", "slack", "stripe", "twilio")) {
        secrets.putSecretValue(
            put -> put.secretId("agentpost/sources/" + source).secretString(source + "-secret"));
      }
      secrets.putSecretValue(
          put ->
              put.secretId("agentpost/sources/github").secretString("It's a Secret to Everybody"));
    }
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    cloud.close();
  }

  private record Answer(int status, String body) {
    JsonNode json() throws Exception {
      return new JsonMapper().readTree(body);
    }
  }

  private static Answer post(String path, String body, String... headers) throws Exception {
    URI uri =
        URI.create(
            cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "")
                + "/ingest/"
                + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.body());
  }

  private static byte[] hmac(String algorithm, String secret, String text) throws Exception {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  private static String sha256(String secret, String text) throws Exception {
    return HexFormat.of().formatHex(hmac("HmacSHA256", secret, text));
  }

  private static String now() {
    return Long.toString(Instant.now().getEpochSecond());
  }

  private static Answer crm(String secret, String body) throws Exception {
    String now = now();
    return post(
        "crm",
        body,
        "X-Crm-Timestamp",
        now,
        "X-Crm-Signature",
        "sha256=" + sha256(secret, now + "." + body));
  }

  private static String lead(String delivery) {
    return " {\"event\" :\"lead\",\r\n\"delivery\":\"%s\",\"id\":\"lead-%s\",\"email\":\"ada-%s@example.com\"}\n"
        .formatted(delivery, delivery, delivery);
  }

  private static long published(String type, String having) {
    return EVENTS.stream()
        .filter(event -> event.detailType().equals(type) && event.toString().contains(having))
        .count();
  }

  @Test
  void aSignedWebhookStartsTheLeadFlow() throws Exception {
    Answer answer = crm("crm-secret", lead("d1"));
    assertEquals(202, answer.status(), answer.body());
    String id = answer.json().path("event_ids").path(0).asText();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                EVENTS.stream()
                    .anyMatch(
                        event ->
                            event.detailType().startsWith("lead.")
                                && event.source().equals("lead-qualification")));
    assertThat(EVENTS)
        .anyMatch(
            event ->
                event.detailType().equals("lead.captured")
                    && event.source().equals("crm")
                    && event.toString().contains(id));
  }

  @Test
  void aRepeatedDeliveryIsAnsweredWithTheSameEventAndActedOnOnce() throws Exception {
    Answer first = crm("crm-secret", lead("d2"));
    Answer again = crm("crm-secret", lead("d2"));
    assertEquals(202, again.status());
    assertEquals(first.body(), again.body());
    String id = first.json().path("event_ids").path(0).asText();
    assertEquals(1, published("lead.captured", id));
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("agentpost-ingest ")
                    && line.contains(id)
                    && line.contains("\"outcome\":\"already-done\""));
  }

  @Test
  void aForgeryIsRefusedAndItsBodyIsInNoLog() throws Exception {
    Answer answer = crm("another-secret", lead("forged"));
    assertEquals(403, answer.status());
    assertThat(answer.body()).contains("urn:agentpost:problem:forbidden").doesNotContain("forged");
    assertThat(LOG)
        .anyMatch(
            line ->
                line.contains("\"source\":\"crm\"") && line.contains("\"outcome\":\"forbidden\""));
    assertThat(LOG).noneMatch(line -> line.contains("ada-forged"));
  }

  @Test
  void aSourceWhoseSecretNobodyHasPutIsClosed() throws Exception {
    for (String secret : List.of("", "current", "{}")) {
      String signature = secret.isEmpty() ? "0".repeat(64) : sha256(secret, lead("fresh"));
      assertEquals(
          403, post("fresh", lead("fresh"), "X-Hub-Signature-256", "sha256=" + signature).status());
    }
    assertEquals(403, post("fresh", lead("fresh")).status());
  }

  @Test
  void aTypeWithoutAMappingIsAcknowledgedOrRefusedAsTheCatalogSays() throws Exception {
    Answer acknowledged = crm("crm-secret", "{\"event\":\"deal.lost\"}");
    assertEquals("202 {\"event_ids\":[]}", acknowledged.status() + " " + acknowledged.body());
    assertThat(LOG)
        .anyMatch(
            line ->
                line.contains("\"IngestUnmapped\":1") && line.contains("\"type\":\"deal.lost\""));
    String zen = "{\"zen\":\"Design for failure.\"}";
    assertEquals(
        422,
        post(
                "github",
                zen,
                "X-GitHub-Event",
                "ping",
                "X-Hub-Signature-256",
                "sha256=" + sha256("It's a Secret to Everybody", zen))
            .status());
  }

  @Test
  void slacksChallengeIsAnsweredIfItIsSigned() throws Exception {
    String body =
        "{\"token\":\"x\",\"challenge\":\"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P\",\"type\":\"url_verification\"}";
    String now = now();
    Answer answer =
        post(
            "slack",
            body,
            "X-Slack-Request-Timestamp",
            now,
            "X-Slack-Signature",
            "v0=" + sha256("slack-secret", "v0:" + now + ":" + body));
    assertEquals(
        "200 {\"challenge\":\"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P\"}",
        answer.status() + " " + answer.body());
    assertEquals(
        403,
        post(
                "slack",
                body,
                "X-Slack-Request-Timestamp",
                now,
                "X-Slack-Signature",
                "v0=" + sha256("slack", "v0:" + now + ":" + body))
            .status());
  }

  /** Its body is not JSON, which is said only to those whose signature holds. */
  @Test
  void githubsPublishedVectorIsAcceptedAndOneByteMoreIsNot() throws Exception {
    String signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assertEquals(
        422,
        post("github", "Hello, World!", "X-GitHub-Event", "lead", "X-Hub-Signature-256", signature)
            .status());
    assertEquals(
        403,
        post(
                "github",
                "Hello, World!\n",
                "X-GitHub-Event",
                "lead",
                "X-Hub-Signature-256",
                signature)
            .status());
  }

  @Test
  void stripesSignatureHoldsForFiveMinutes() throws Exception {
    String body = "{\"type\":\"lead\",\"id\":\"evt_1\",\"email\":\"ada@example.com\"}";
    String now = now();
    assertEquals(
        202,
        post(
                "stripe",
                body,
                "Stripe-Signature",
                "t="
                    + now
                    + ",v1="
                    + "0".repeat(64)
                    + ",v1="
                    + sha256("stripe-secret", now + "." + body))
            .status());
    String old = "1614265330";
    Answer stale =
        post(
            "stripe",
            body,
            "Stripe-Signature",
            "t=" + old + ",v1=" + sha256("stripe-secret", old + "." + body));
    assertEquals(403, stale.status());
    assertThat(stale.body()).contains("timestamp");
  }

  @Test
  void twiliosFormAndTheQueryOfItsUrlAreSigned() throws Exception {
    String signed = DOOR + "twilio?campaign=spring&to=b%20cemailada@example.comeventleadidSM1";
    String signature =
        Base64.getEncoder().encodeToString(hmac("HmacSHA1", "twilio-secret", signed));
    String[] headers = {
      "Content-Type", "application/x-www-form-urlencoded", "X-Twilio-Signature", signature
    };
    Answer answer =
        post(
            "twilio?campaign=spring&to=b%20c",
            "event=lead&id=SM1&email=ada%40example.com", headers);
    assertEquals(
        "200 <?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>",
        answer.status() + " " + answer.body());
    assertEquals(
        403,
        post(
                "twilio?campaign=autumn&to=b%20c",
                "event=lead&id=SM1&email=ada%40example.com", headers)
            .status());
    assertEquals(
        200,
        post(
                "twilio?campaign=spring&to=b%20c",
                "email=ada%40example.com&event=lead&id=SM1", headers)
            .status());
    String line =
        LOG.stream()
            .filter(
                logged ->
                    logged.contains("\"source\":\"twilio\"")
                        && logged.contains("\"outcome\":\"published\""))
            .findFirst()
            .orElseThrow();
    assertEquals(
        1,
        published(
            "lead.captured",
            new JsonMapper()
                .readTree(line.substring(line.indexOf('{')))
                .path("event_id")
                .asText()));
    assertThat(LOG)
        .anyMatch(
            logged ->
                logged.contains("\"source\":\"twilio\"")
                    && logged.contains("\"outcome\":\"already-done\""));
  }

  @Test
  void aSignedBodyOverOneMebibyteIsCountedWithItsSourceAndSize() throws Exception {
    String body = " ".repeat(1024 * 1024) + lead("large");
    assertEquals(413, crm("crm-secret", body).status());
    assertThat(LOG)
        .anyMatch(
            line ->
                line.contains("\"IngestRefused\":1")
                    && line.contains("\"Source\":\"crm\"")
                    && line.contains("\"bytes\":" + body.length()));
    // API Gateway's own limit is before that.
    Answer answer = crm("crm-secret", " ".repeat(10 * 1024 * 1024 + 1));
    assertEquals("413 {\"message\":\"Request Too Long\"}", answer.status() + " " + answer.body());
  }

  @Test
  void thereAreNoOtherSources() throws Exception {
    for (String path : List.of("nobody", "CRM", "crm%20", "crm.")) {
      assertEquals(404, post(path, "{}").status(), path);
    }
  }

  /**
   * As many as one POST may bring. Where the function has no time for all of them, as on a busy
   * machine, the sender comes again for the rest.
   */
  @Test
  void theMostThatADeliveryMayBringIsTaken() throws Exception {
    String body =
        IntStream.range(0, 1000)
            .mapToObj("{\"event\":\"bought\",\"id\":\"usr-%d\",\"plan\":\"pro\"}"::formatted)
            .collect(Collectors.joining(",", "[", "]"));
    String signature = "sha256=" + sha256("batch-secret", body);
    Answer answer = post("batch", body, "X-Hub-Signature-256", signature);
    for (int again = 0; answer.status() == 503 && again < 5; again++) {
      answer = post("batch", body, "X-Hub-Signature-256", signature);
    }
    assertEquals(202, answer.status(), answer.body());
    assertThat(answer.json().path("event_ids")).hasSize(1000).doesNotHaveDuplicates();
  }
}

package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Hmac;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** Sources of several schemes at an ingest with its bus, table and secrets in memory. */
abstract class IngestTestBed {
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static final Duration REMAINING = Duration.ofSeconds(15);
  static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  static final String CATALOG =
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
  static final String LEAD =
      "{\"kind\":\"lead.created\",\"origin\":\"fair\",\"lead\":{\"id\":\"l-1\",\"contact\":[{\"email\":\"ada@example.com\"}],\"staff\":250,\"phone\":\"1\"}}";
  static final String STAR =
      "{\"action\":\"created\",\"sender\":{\"id\":583231,\"email\":\"octo@example.com\"}}";

  final LocalTables tables = new LocalTables();
  final FakeSecretsManager secrets = new FakeSecretsManager().with("agentpost/sources/crm", SECRET);
  final FakeBus bus = new FakeBus();
  final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  final List<String> log = new ArrayList<>();

  @AfterEach
  void close() {
    tables.close();
  }

  IngestTestBed() {
    for (String source : List.of("chat", "forge", "gauge", "sms")) {
      secrets.with("agentpost/sources/" + source, source + "-secret");
    }
  }

  Ingest ingest() {
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

  static Source source(String name) {
    return new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/")
        .read(new AgentName(name), catalog(name));
  }

  Response receive(String source, Request request) {
    return ingest().receive(source(source), request, REMAINING);
  }

  static String catalog(String source) {
    try {
      return new JsonMapper().readTree(CATALOG).path(source).toString();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  static Request request(Map<String, String> headers, String body) {
    Map<String, List<String>> all = new HashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return new Request("POST", "/ingest/crm", Map.of(), all, body.getBytes(UTF_8), "192.0.2.7");
  }

  Response receive(String id, String body) {
    return receive(SECRET, id, body);
  }

  Response receive(String secret, String id, String body) {
    return receive(
        "crm",
        request(
            new Signer(WebhookKeyStore.parse(secret))
                .standard(id, clock.instant(), body.getBytes(UTF_8)),
            body));
  }

  static JsonNode json(byte[] text) throws JsonProcessingException {
    return new JsonMapper().readTree(new String(text, UTF_8));
  }

  void assertNothingPublished() {
    assertEquals(List.of(), bus.accepted());
  }

  Response slack(String secret, String body) {
    String seconds = Long.toString(clock.instant().getEpochSecond());
    byte[] signature =
        Hmac.sha256(secret.getBytes(UTF_8), ("v0:" + seconds + ':' + body).getBytes(UTF_8));
    Map<String, String> headers =
        Map.of(
            "X-Slack-Request-Timestamp",
            seconds,
            "X-Slack-Signature",
            "v0=" + HexFormat.of().formatHex(signature));
    return receive("chat", request(headers, body));
  }

  Request hub(String body, String... headers) {
    Map<String, String> all = new HashMap<>();
    all.put(
        "X-Hub-Signature-256",
        "sha256="
            + HexFormat.of()
                .formatHex(Hmac.sha256("forge-secret".getBytes(UTF_8), body.getBytes(UTF_8))));
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    return request(all, body);
  }

  Response sms(String form, Map<String, List<String>> query, String signed, String contentType) {
    String signature =
        Base64.getEncoder()
            .encodeToString(
                Hmac.of("HmacSHA1", "sms-secret".getBytes(UTF_8), signed.getBytes(UTF_8)));
    Map<String, List<String>> headers =
        Map.of("X-Twilio-Signature", List.of(signature), "content-type", List.of(contentType));
    return receive(
        "sms",
        new Request(
            "POST", "/ingest/sms", Map.of(), query, headers, form.getBytes(UTF_8), "192.0.2.7"));
  }

  Request signed(String secret, String id) {
    return request(
        new Signer(WebhookKeyStore.parse(secret))
            .standard(id, clock.instant(), LEAD.getBytes(UTF_8)),
        LEAD);
  }
}

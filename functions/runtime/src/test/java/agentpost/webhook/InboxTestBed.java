package agentpost.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** One hosted agent behind its inbox, with its bus, table and secret in memory. */
abstract class InboxTestBed {
  static final String SECRET_ID = "agentpost/agents/welcome-agent";
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static final Duration REMAINING = Duration.ofSeconds(15);
  static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;

  /** The example of the design, as it stands. */
  static final String EXAMPLE =
      """
      {"event_id":"uuid-1234-abcd","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z",
       "data":{"user_id":"usr-5678","email":"ada@example.com","plan":"premium_trial","signup_source":"marketing_campaign_xyz","location":"US-CA"},
       "metadata":{"source_service":"authentication_service","correlation_id":"corr-9876"}}\
      """;

  static final byte[] BODY = EXAMPLE.getBytes(UTF_8);

  final LocalTables tables = new LocalTables();
  final FakeSecretsManager secrets = new FakeSecretsManager().with(SECRET_ID, SECRET);
  final FakeBus bus = new FakeBus();
  final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  final List<String> log = new CopyOnWriteArrayList<>();
  final List<Event> handled = new CopyOnWriteArrayList<>();
  Agent agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
  Publisher publisher = new EventBridgePublisher(bus, "agentpost", _ -> {});

  @AfterEach
  void close() {
    tables.close();
  }

  Event answer(Event event) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", "ada@example.com")
            .put("template", "welcome")
            .put("message_id", "m-1");
    return event.answer(new AgentName("welcome-agent"), "email.sent", data, clock.instant());
  }

  Inbox inbox() {
    AgentName name = new AgentName("welcome-agent");
    return new Inbox(
        new Inbox.Parts(
            name,
            event -> {
              handled.add(event);
              return agent.handle(event);
            },
            new WebhookKeyStore(new SecretStore(secrets, clock)),
            SECRET_ID,
            SCHEMAS,
            new ClaimStore(tables.client(), LocalTables.CLAIMS, name, clock),
            events -> publisher.publish(events),
            clock,
            log::add));
  }

  Map<String, String> signed(byte[] body) {
    return new Signer(WebhookKeyStore.parse(SECRET)).sign("uuid-1234-abcd", clock.instant(), body);
  }

  static Request request(Map<String, String> headers, byte[] body) {
    Map<String, List<String>> all = new HashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return new Request("POST", "/webhooks/welcome-agent", Map.of(), all, body, "127.0.0.1");
  }

  Response receive(byte[] body) {
    return inbox().receive(request(signed(body), body), REMAINING);
  }

  String lastLog() {
    return log.getLast();
  }

  static int there(int depth) {
    return backAgain(depth + 1) + 1;
  }

  static int backAgain(int depth) {
    return there(depth + 1) + 1;
  }
}

package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.RelayKeyHeader;
import agentpost.health.HealthTable;
import agentpost.http.HttpPost;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.secrets.SecretStore;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.MovableClock;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A relay in front of one agent that answers over TLS. */
abstract class RelayTestBed {
  static final String KEY = "k".repeat(64);
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** Spaces and an odd order, so that a relay that parses and writes again is found out. */
  static final byte[] BODY =
      "{ \"data\":{\"n\":1.10, \"s\":\"\u00df\"},\"event_id\":\"uuid-1234-abcd\"}\n"
          .getBytes(UTF_8);

  final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  final FakeSecretsManager secrets =
      new FakeSecretsManager()
          .with("agentpost/relay", "{\"current\":\"" + KEY + "\"}")
          .with("agentpost/agents/crm-sync", SECRET);
  final FakeDirectory agents = new FakeDirectory();
  final List<String> log = new CopyOnWriteArrayList<>();
  TlsAgent agent;

  @BeforeEach
  void start() throws Exception {
    agent = new TlsAgent();
    livesAt(agent.endpoint().toString());
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
  }

  void livesAt(String endpoint) {
    livesAt("crm-sync", endpoint);
  }

  void livesAt(String name, String endpoint) {
    agents.with(name, "{\"endpoint\":\"" + endpoint + "\"}");
  }

  Relay relay() {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(agent.trust())
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    SecretStore store = new SecretStore(secrets, clock);
    SignedDelivery delivery =
        new SignedDelivery(
            new AgentDirectory(agents, FakeDirectory.AGENTS, clock),
            store,
            "agentpost/agents/",
            new HttpPost(http, clock),
            clock);
    // These entries have no breaker, so that a table that does nothing will do.
    HealthTable table = new HealthTable(new NoTable(), "agentpost-health");
    return new Relay(
        new Relay.Parts(
            new RelayKey(store, "agentpost/relay"),
            new CircuitBreaker(delivery, table, ExampleEvents.reader(), clock, clock, () -> 0),
            "agentpost",
            clock,
            clock,
            log::add));
  }

  static final class NoTable implements DynamoDbClient {
    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  static Request delivery(String name, byte[] body, String... keys) {
    return new Request(
        "POST",
        "/deliveries/" + name,
        Map.of("agent", name),
        Map.of(RelayKeyHeader.NAME, List.of(keys)),
        body,
        "127.0.0.1");
  }

  Response deliver() {
    return relay().deliver(delivery("crm-sync", BODY, KEY));
  }

  Response deliver(Instant happened) {
    String event =
        "{\"event_id\":\"uuid-1234-abcd\",\"event_type\":\"user.signed_up\",\"timestamp\":\""
            + happened
            + "\",\"data\":{},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
    return relay().deliver(delivery("crm-sync", event.getBytes(UTF_8), KEY));
  }
}

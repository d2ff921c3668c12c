package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.RelayKeyHeader;
import agentpost.health.HealthTable;
import agentpost.http.HttpPost;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.secrets.SecretStore;
import agentpost.testing.Events;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * One delivery goes by one entry of the directory: two could differ, and a bound of the one be held
 * to the URL of the other.
 */
class DirectoryLookupTest {
  /** To this clock, whatever was looked up is too old by the next look. */
  private static final class Hasty extends Clock {
    private final MovableClock clock = new MovableClock(Events.SIGNED_UP);

    @Override
    public Instant instant() {
      clock.move(Duration.ofHours(1));
      return clock.instant();
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void anAgentIsLookedUpOnceADelivery() {
    FakeDirectory directory =
        new FakeDirectory()
            .with(
                "crm",
                "{\"endpoint\":\"https://api.example.com/webhooks/crm\",\"inFlight\":5,"
                    + "\"breaker\":{\"failureThreshold\":5,\"windowSize\":10,\"window\":600,\"openDuration\":30,\"maxOpenDuration\":600}}");
    FakeSecretsManager secrets =
        new FakeSecretsManager()
            .with("agentpost/relay", "{\"current\":\"key\"}")
            .with("agentpost/agents/crm", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    MovableClock wall = new MovableClock(Events.SIGNED_UP);
    try (LocalTables tables = new LocalTables()) {
      SignedDelivery delivery =
          new SignedDelivery(
              new AgentDirectory(directory, FakeDirectory.AGENTS, new Hasty()),
              new SecretStore(secrets, wall),
              "agentpost/agents/",
              new HttpPost(
                  // With a wait, by which the relay asks how old the agent's events become.
                  new FakeHttp(_ -> Response.json(503, "{}").header("Retry-After", "7200")), wall),
              wall);
      CircuitBreaker breaker =
          new CircuitBreaker(
              delivery,
              new HealthTable(tables.client(), LocalTables.HEALTH),
              ExampleEvents.reader(),
              wall,
              wall,
              () -> 0);
      Response response =
          new Relay(
                  new Relay.Parts(
                      new RelayKey(new SecretStore(secrets, wall), "agentpost/relay"),
                      breaker,
                      "agentpost",
                      wall,
                      wall,
                      _ -> {}))
              .deliver(
                  new Request(
                      "POST",
                      "/deliveries/crm",
                      Map.of("agent", "crm"),
                      Map.of(RelayKeyHeader.NAME, List.of("key")),
                      Events.body("evt-1"),
                      "192.0.2.1"));
      assertEquals(503, response.status());
      assertThat(directory.calls()).isEqualTo(1);
    }
  }
}

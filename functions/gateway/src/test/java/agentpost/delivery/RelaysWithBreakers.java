package agentpost.delivery;

import agentpost.catalog.AgentName;
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
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;

/**
 * Relays that share the table and nothing else, the agent that they ask, and time that is moved.
 */
abstract class RelaysWithBreakers {
  static final AgentName AGENT = new AgentName("crm-sync");
  static final byte[] BODY = Events.body("uuid-1234-abcd");
  static final FakeHttp.OtherSide TAKES = _ -> Response.json(200, "{}");
  static final FakeHttp.OtherSide FAILS = _ -> Response.json(500, "{}");

  /** What a function's end is to it. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  final MovableClock wall = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  final LocalTables tables = new LocalTables();
  final FakeDirectory directory = new FakeDirectory();
  final FakeSecretsManager secrets =
      new FakeSecretsManager()
          .with("agentpost/agents/crm-sync", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  final List<Request> asked = new CopyOnWriteArrayList<>();
  final List<String> calls = new CopyOnWriteArrayList<>();
  FakeHttp.OtherSide agent = TAKES;

  RelaysWithBreakers() {
    breaker(
        "{\"failureThreshold\":5,\"windowSize\":10,\"window\":600,\"openDuration\":30,\"maxOpenDuration\":100}");
    tables.failBefore(
        call -> {
          calls.add(call);
          return Optional.empty();
        });
  }

  @AfterEach
  void close() {
    tables.close();
  }

  void settings(String settings) {
    directory.with("crm-sync", "{\"endpoint\":\"https://crm.example.com/hooks\"," + settings + "}");
  }

  void breaker(String breaker) {
    directory.with(
        "crm-sync",
        "{\"endpoint\":\"https://crm.example.com/hooks\",\"rate\":300,\"breaker\":"
            + breaker
            + "}");
  }

  Response answered(Request request) throws IOException {
    asked.add(request);
    return agent.answer(request);
  }

  /** A relay's instance; the jitter is half. */
  CircuitBreaker relay() {
    return relay(() -> 0.5);
  }

  CircuitBreaker relay(DoubleSupplier jitter) {
    AgentDirectory agents = new AgentDirectory(directory, FakeDirectory.AGENTS, wall);
    SignedDelivery delivery =
        new SignedDelivery(
            agents,
            new SecretStore(secrets, wall),
            "agentpost/agents/",
            new HttpPost(new FakeHttp(this::answered), wall),
            wall);
    return new CircuitBreaker(
        delivery,
        new HealthTable(tables.client(), LocalTables.HEALTH),
        ExampleEvents.reader(),
        wall,
        wall,
        jitter);
  }

  static Response deliver(CircuitBreaker relay) {
    return relay.deliver(AGENT, BODY).response();
  }

  static void deliver(CircuitBreaker relay, int times) {
    for (int i = 0; i < times; i++) {
      deliver(relay);
    }
  }

  void trip(CircuitBreaker relay) {
    agent = FAILS;
    deliver(relay, 5);
    asked.clear();
    calls.clear();
  }
}

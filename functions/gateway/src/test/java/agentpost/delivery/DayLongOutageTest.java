package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.AgentName;
import agentpost.health.HealthTable;
import agentpost.http.HttpPost;
import agentpost.http.Response;
import agentpost.secrets.SecretStore;
import agentpost.testing.Events;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A day in which an agent is down, with the catalog's defaults: EventBridge makes its attempts,
 * with the waits that the local cloud has for it (a second, doubled up to ten minutes, with
 * jitter), or as long as Retry-After says if that is longer.
 */
class DayLongOutageTest {
  private static final AgentName AGENT = new AgentName("crm-sync");
  private static final Duration DAY = Duration.ofHours(24);
  private static final int MAX_ATTEMPTS = 186;
  private static final int EVENTS = 20;

  private record Attempt(int event, int number, Instant at) {}

  private final Instant start = Instant.parse("2026-03-31T10:30:00Z");
  private final MovableClock clock = new MovableClock(start);
  private final LocalTables tables = new LocalTables();
  private final AtomicInteger asked = new AtomicInteger();
  private final SplittableRandom random = new SplittableRandom(7);

  @AfterEach
  void close() {
    tables.close();
  }

  private CircuitBreaker relay(String settings) {
    FakeDirectory directory =
        new FakeDirectory()
            .with("crm-sync", "{\"endpoint\":\"https://crm.example.com/\"" + settings + "}");
    FakeSecretsManager secrets =
        new FakeSecretsManager()
            .with("agentpost/agents/crm-sync", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    FakeHttp down =
        new FakeHttp(
            _ -> {
              asked.incrementAndGet();
              return Response.json(500, "{}");
            });
    SignedDelivery delivery =
        new SignedDelivery(
            new AgentDirectory(directory, FakeDirectory.AGENTS, clock),
            new SecretStore(secrets, clock),
            "agentpost/agents/",
            new HttpPost(down, clock),
            clock);
    return new CircuitBreaker(
        delivery,
        new HealthTable(tables.client(), LocalTables.HEALTH),
        ExampleEvents.reader(),
        clock,
        clock,
        random::nextDouble);
  }

  /** How many attempts each event had when it was given up. */
  private List<Integer> attempts(List<CircuitBreaker> relays) {
    PriorityQueue<Attempt> due = new PriorityQueue<>(Comparator.comparing(Attempt::at));
    for (int event = 0; event < EVENTS; event++) {
      due.add(new Attempt(event, 1, start.plusMillis(random.nextLong(60_000))));
    }
    List<Integer> attempts = new ArrayList<>();
    while (!due.isEmpty()) {
      Attempt attempt = due.remove();
      clock.move(Duration.between(clock.instant(), attempt.at()));
      Response response =
          relays
              .get(random.nextInt(relays.size()))
              .deliver(AGENT, Events.body("event-" + attempt.event()))
              .response();
      long own =
          (long)
              (Math.min(600, 1L << Math.min(attempt.number() - 1, 20))
                  * 1000
                  * random.nextDouble(0.5, 1.0));
      long said = Long.parseLong(response.headers().getOrDefault("Retry-After", "0")) * 1000;
      Instant next = attempt.at().plusMillis(Math.max(own, said));
      if (attempt.number() == MAX_ATTEMPTS || next.isAfter(start.plus(DAY))) {
        attempts.add(attempt.number());
      } else {
        due.add(new Attempt(attempt.event(), attempt.number() + 1, next));
      }
    }
    return attempts;
  }

  @Test
  void itIsAskedSeldomAndNoEventRunsOutOfAttemptsBeforeTheDayIsOver() {
    String defaults =
        ",\"breaker\":{\"failureThreshold\":5,\"windowSize\":10,\"window\":600,\"openDuration\":30,\"maxOpenDuration\":600}";
    List<Integer> attempts = attempts(List.of(relay(defaults), relay(defaults), relay(defaults)));
    assertThat(attempts).hasSize(EVENTS).allMatch(number -> number < 150);
    assertThat(asked.get()).isLessThan(150);
  }

  /** Without it, the same day. */
  @Test
  void withoutTheBreakerEachAttemptAsksAndTheyRunOut() {
    List<Integer> attempts = attempts(List.of(relay("")));
    assertThat(attempts).containsOnly(MAX_ATTEMPTS);
    assertThat(asked.get()).isEqualTo(EVENTS * MAX_ATTEMPTS);
  }
}

package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.health.Circuit;
import agentpost.health.HealthRow;
import agentpost.health.HealthTable;
import agentpost.http.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * How many attempts at one agent are under way at a time, by all relays together, and how a slow
 * agent shows.
 */
class InFlightTest extends RelaysWithBreakers {
  private static final String BREAKER =
      "\"breaker\":{\"failureThreshold\":5,\"windowSize\":10,\"window\":600,\"openDuration\":30,\"maxOpenDuration\":100}";

  @Test
  void noMoreThanTheBoundAreUnderWayAndTheOthersAreToldWhenToComeAgain() throws Exception {
    settings("\"inFlight\":3," + BREAKER);
    CountDownLatch full = new CountDownLatch(3);
    CountDownLatch go = new CountDownLatch(1);
    agent =
        _ -> {
          full.countDown();
          await(go);
          return Response.json(200, "{}");
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Response>> first = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        CircuitBreaker relay = relay();
        first.add(threads.submit(() -> deliver(relay)));
      }
      await(full);
      for (int i = 0; i < 20; i++) {
        Response refused = deliver(relay());
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).containsEntry("Retry-After", "3");
        assertThat(new String(refused.body(), UTF_8))
            .contains("urn:agentpost:problem:agent-busy", "3 deliveries to crm-sync");
      }
      assertThat(asked).hasSize(3);
      go.countDown();
      for (Future<Response> one : first) {
        assertThat(one.get().status()).isEqualTo(200);
      }
    }
    assertThat(tables.health("crm-sync"))
        .as("and none of it counts against the agent")
        .doesNotContainKeys("open_until", "failed_at", "slot0", "slot1", "slot2");
    agent = TAKES;
    assertThat(deliver(relay()).status()).isEqualTo(200);
  }

  /** Which is what {@code agentpost cost} multiplies by. */
  @Test
  void anAttemptWritesToTheTableAsOftenAsIsSaid() {
    settings("\"inFlight\":3," + BREAKER);
    CircuitBreaker relay = relay();
    for (int i = 0; i < 3; i++) {
      calls.clear();
      assertThat(deliver(relay).status()).isEqualTo(200);
      assertThat(calls)
          .filteredOn(call -> !call.startsWith("get"))
          .hasSize(HealthTable.WRITES_PER_ATTEMPT);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * However many come at once: at no time more, and each that could have had a place in the end has
   * one.
   */
  @Test
  void ofManyAtOnceTheBoundHolds() throws Exception {
    settings("\"inFlight\":4");
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    agent =
        _ -> {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          Thread.onSpinWait();
          underWay.decrementAndGet();
          return Response.json(200, "{}");
        };
    AtomicInteger taken = new AtomicInteger();
    List<Future<Integer>> deliveries = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 60; i++) {
        CircuitBreaker relay = relay();
        deliveries.add(
            threads.submit(
                () -> {
                  while (deliver(relay).status() != 200) {
                    Thread.onSpinWait();
                  }
                  return taken.incrementAndGet();
                }));
      }
      for (Future<Integer> one : deliveries) {
        one.get();
      }
    }
    assertThat(taken).hasValue(60);
    assertThat(most.get()).isLessThanOrEqualTo(4);
  }

  /** A function that died gives nothing back. */
  @Test
  void aPlaceThatWasLostIsFreeAgainWhenItsLeaseIsOver() {
    settings("\"inFlight\":1");
    agent =
        _ -> {
          throw new Killed();
        };
    CircuitBreaker relay = relay();
    assertThatThrownBy(() -> deliver(relay)).isInstanceOf(Killed.class);
    agent = TAKES;
    wall.move(Admissions.LEASE.minusMillis(1));
    assertThat(deliver(relay()).status()).isEqualTo(503);
    wall.move(Duration.ofMillis(1));
    assertThat(deliver(relay()).status()).isEqualTo(200);
    assertThat(deliver(relay()).status()).isEqualTo(200);
  }

  @Test
  void aPlaceThatCouldNotBeGivenBackIsFreeAgainWhenItsLeaseIsOver() {
    settings("\"inFlight\":1");
    AtomicInteger updates = new AtomicInteger();
    tables.failBefore(
        _ ->
            updates.incrementAndGet() == 2
                ? Optional.of(SdkClientException.create("no route to DynamoDB"))
                : Optional.empty());
    assertThat(deliver(relay()).status()).isEqualTo(200);
    assertThat(deliver(relay()).status()).isEqualTo(503);
    wall.move(Admissions.LEASE);
    assertThat(deliver(relay()).status()).isEqualTo(200);
  }

  @Test
  void whoWasNotAskedGivesItsPlaceBack() {
    settings("\"inFlight\":1");
    secrets.down(true);
    CircuitBreaker relay = relay();
    deliver(relay, 5);
    secrets.down(false);
    wall.move(Duration.ofSeconds(1));
    assertThat(deliver(relay).status()).isEqualTo(200);
    assertThat(tables.health("crm-sync")).doesNotContainKey("slot0");
  }

  @Test
  void anAgentThatAnswersLateShowsAsSlow() {
    settings("\"inFlight\":10," + BREAKER);
    CircuitBreaker relay = relay();
    deliver(relay, 10);
    agent =
        _ -> {
          wall.move(Duration.ofSeconds(3));
          return Response.json(200, "{}");
        };
    for (int i = 0; i < 5; i++) {
      assertThat(Circuit.of(new HealthRow(tables.health("crm-sync"))).isSlow(wall.instant()))
          .isFalse();
      assertThat(relay.deliver(AGENT, BODY).fields().toLine("delivery")).contains("\"slow\":true");
    }
    assertThat(Circuit.of(new HealthRow(tables.health("crm-sync"))).isSlow(wall.instant()))
        .isTrue();
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
    agent = TAKES;
    deliver(relay, 6);
    assertThat(Circuit.of(new HealthRow(tables.health("crm-sync"))).isSlow(wall.instant()))
        .isFalse();
  }
}

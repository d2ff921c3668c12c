package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import agentpost.catalog.AgentName;
import agentpost.catalog.BreakerPolicy;
import agentpost.health.Circuit;
import agentpost.health.CircuitStore;
import agentpost.health.HealthTable;
import agentpost.http.Response;
import agentpost.testing.LocalTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How an open circuit asks the agent again, and closes. */
class CircuitProbeTest extends RelaysWithBreakers {
  @Test
  void whenItsTimeIsOverOneRelayOfTwoProbesAndOneAtATime() {
    CircuitBreaker one = relay();
    CircuitBreaker other = relay();
    trip(one);
    wall.move(Duration.ofSeconds(26));
    deliver(other);
    wall.move(Duration.ofSeconds(4));
    List<Response> meanwhile = new ArrayList<>();
    agent =
        _ -> {
          meanwhile.add(deliver(other));
          meanwhile.add(deliver(one));
          return Response.json(200, "{}");
        };
    assertThat(deliver(one).status()).isEqualTo(200);
    assertThat(meanwhile).extracting(Response::status).containsExactly(503, 503);
    assertThat(meanwhile)
        .allSatisfy(response -> assertThat(response.headers()).containsEntry("Retry-After", "8"));
    assertThat(asked).hasSize(1);
  }

  /** It knows of the old time only, and learns of the new one when it asks for the probe. */
  @Test
  void whoComesWhenAProbeHasJustFailedWaitsForTheNext() {
    CircuitBreaker one = relay();
    CircuitBreaker other = relay();
    trip(one);
    wall.move(Duration.ofSeconds(26));
    deliver(other);
    wall.move(Duration.ofSeconds(4));
    deliver(one);
    assertThat(deliver(other).headers()).containsEntry("Retry-After", "90");
    assertThat(asked).hasSize(1);
  }

  @Test
  void anAnsweredProbeClosesItForAll() {
    CircuitBreaker one = relay();
    CircuitBreaker other = relay();
    trip(one);
    deliver(other);
    wall.move(Duration.ofSeconds(30));
    agent = TAKES;
    deliver(one);
    wall.move(Duration.ofSeconds(5));
    asked.clear();
    assertThat(deliver(other).status()).isEqualTo(200);
    assertThat(deliver(one).status()).isEqualTo(200);
    assertThat(tables.health("crm-sync"))
        .doesNotContainKeys("open_until", "probe_until")
        .containsKey("closed_at");
  }

  @Test
  void aRefusalIsAnAnswerToAProbeToo() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(30));
    agent = _ -> Response.json(422, "{}");
    assertThat(deliver(relay).status()).isEqualTo(422);
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
  }

  @Test
  void eachFailedProbeDoublesTheTimeUpToTheLongest() {
    CircuitBreaker relay = relay();
    trip(relay);
    for (int seconds : new int[] {30, 60, 100, 100}) {
      wall.move(Duration.ofSeconds(seconds).minusMillis(1));
      deliver(relay);
      assertThat(asked).as("before %d s", seconds).isEmpty();
      wall.move(Duration.ofMillis(1));
      deliver(relay);
      assertThat(asked).as("after %d s", seconds).hasSize(1);
      asked.clear();
    }
  }

  @Test
  void afterItClosedItTripsAnewAndBeginsWithTheShortestTime() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(30));
    deliver(relay);
    wall.move(Duration.ofSeconds(60));
    agent = TAKES;
    deliver(relay);
    trip(relay);
    assertThat(tables.health("crm-sync"))
        .containsEntry("open_millis", AttributeValue.fromN("30000"));
  }

  /** As docs/operations.md has it. */
  @Test
  void aPersonMayCloseIt() {
    CircuitBreaker relay = relay();
    trip(relay);
    tables
        .client()
        .updateItem(
            update ->
                update
                    .tableName(LocalTables.HEALTH)
                    .key(Map.of("agent", AttributeValue.fromS("crm-sync")))
                    .updateExpression("REMOVE open_until, probe_until"));
    wall.move(Duration.ofSeconds(5));
    deliver(relay, 20);
    assertThat(asked).as("and it trips again as before").hasSize(5);
  }

  @Test
  void aProbeThatDiedHoldsTheOthersUpForItsLeaseOnly() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(30));
    agent =
        _ -> {
          throw new Killed();
        };
    assertThatThrownBy(() -> deliver(relay)).isInstanceOf(Killed.class);
    agent = TAKES;
    asked.clear();
    wall.move(Admissions.LEASE.minusMillis(1));
    assertThat(deliver(relay()).status()).isEqualTo(503);
    wall.move(Duration.ofMillis(1));
    assertThat(deliver(relay()).status()).isEqualTo(200);
  }

  @Test
  void aProbeThatCouldNotAskLeavesItToTheNext() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofMinutes(20));
    secrets.down(true);
    assertThat(deliver(relay).status()).isEqualTo(503);
    assertThat(asked).isEmpty();
    assertThat(tables.health("crm-sync")).containsKey("open_until");
    secrets.down(false);
    wall.move(Duration.ofSeconds(1));
    agent = TAKES;
    assertThat(deliver(relay).status()).isEqualTo(200);
  }

  @Test
  void aProbeThatCannotBeNotedIsNotMade() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(30));
    AtomicInteger updates = new AtomicInteger();
    tables.failBefore(
        _ ->
            updates.incrementAndGet() == 2
                ? Optional.of(SdkClientException.create("no route to DynamoDB"))
                : Optional.empty());
    agent = TAKES;
    assertThat(deliver(relay).status()).isEqualTo(503);
    assertThat(asked).isEmpty();
  }

  /** An attempt that began before the circuit tripped is a call as well. */
  @Test
  void aProbeWaitsForTheAttemptsThatAreUnderWay() {
    breaker(
        "{\"failureThreshold\":5,\"windowSize\":10,\"window\":600,\"openDuration\":5,\"maxOpenDuration\":100}");
    CircuitBreaker one = relay();
    CircuitBreaker other = relay();
    agent =
        _ -> {
          trip(one);
          wall.move(Duration.ofSeconds(6));
          deliver(one);
          assertThat(asked).as("this one is under way").isEmpty();
          return Response.json(200, "{}");
        };
    assertThat(deliver(other).status()).isEqualTo(200);
  }

  /**
   * A call to the table that took too long says nothing of the probe that may be under way: the
   * others wait for that, however long ago the circuit could first be probed.
   */
  @Test
  void whileTheTableDoesNotAnswerNobodyCallsBesideAProbe() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofMinutes(10));
    List<Response> meanwhile = new ArrayList<>();
    agent =
        _ -> {
          tables.failBefore(_ -> Optional.of(SdkClientException.create("too slow")));
          for (int i = 0; i < 3; i++) {
            meanwhile.add(deliver(relay));
            wall.move(Duration.ofSeconds(1));
          }
          tables.works();
          return Response.json(200, "{}");
        };
    assertThat(deliver(relay).status()).isEqualTo(200);
    assertThat(asked).as("the probe alone").hasSize(1);
    assertThat(meanwhile).extracting(Response::status).containsOnly(503);
  }

  /**
   * Between looking and asking for the probe the circuit may close, let attempts begin, and open
   * again: what was seen says nothing of these.
   */
  @Test
  void aProbeIsOfTheOpeningThatWasSeen() {
    AgentName agent = new AgentName("crm-sync");
    BreakerPolicy limits =
        new BreakerPolicy(
            1, 1, Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofSeconds(100));
    CircuitStore circuits =
        new CircuitStore(new HealthTable(tables.client(), LocalTables.HEALTH), () -> 0);
    CircuitStore.Slot failing = admit(circuits, agent);
    Circuit seen =
        circuits.leave(
            agent,
            failing,
            new Circuit.Outcome(wall.instant(), Circuit.Kind.FAILED),
            Optional.of(limits));
    wall.move(Duration.ofSeconds(5));
    Instant lease =
        circuits.probe(agent, seen, wall.instant(), wall.instant(), Admissions.LEASE).orElseThrow();
    circuits.close(agent, lease, Circuit.Kind.ANSWERED, wall.instant());
    CircuitStore.Slot another = admit(circuits, agent);
    admit(circuits, agent);
    wall.move(Duration.ofSeconds(1));
    Circuit again =
        circuits.leave(
            agent,
            another,
            new Circuit.Outcome(wall.instant(), Circuit.Kind.FAILED),
            Optional.of(limits));
    assertThat(again.open()).isPresent();
    wall.move(Duration.ofSeconds(5));
    assertThat(circuits.probe(agent, seen, wall.instant(), wall.instant(), Admissions.LEASE))
        .as("one attempt is under way")
        .isEmpty();
  }

  private CircuitStore.Slot admit(CircuitStore circuits, AgentName agent) {
    return circuits.enter(agent, 10, true, wall.instant(), wall.instant(), Admissions.LEASE)
            instanceof CircuitStore.Entry.Admitted(var slot)
        ? slot
        : fail("not admitted");
  }
}

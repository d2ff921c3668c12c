package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.event.AgentName;
import agentpost.health.HealthTable;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.secrets.SecretStore;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeParameters;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Relays that share the table and nothing else, and time that is moved. */
class CircuitBreakerTest {
  private static final AgentName AGENT = new AgentName("crm-sync");
  private static final byte[] BODY = "{\"event_id\":\"uuid-1234-abcd\"}".getBytes(UTF_8);
  private static final FakeHttp.OtherSide TAKES = _ -> Response.json(200, "{}");
  private static final FakeHttp.OtherSide FAILS = _ -> Response.json(500, "{}");

  /** What a function's end is to it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final MovableClock wall = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final LocalTables tables = new LocalTables();
  private final FakeParameters parameters = new FakeParameters();
  private final FakeSecretsManager secrets = new FakeSecretsManager().with("agentpost/agents/crm-sync", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  private final List<Request> asked = new CopyOnWriteArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private FakeHttp.OtherSide agent = TAKES;

  CircuitBreakerTest() {
    breaker("{\"failures\":5,\"of\":10,\"within\":600,\"open\":30,\"longest\":100}");
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

  private void breaker(String breaker) {
    parameters.with("/agentpost/agents/crm-sync", "{\"endpoint\":\"https://crm.example.com/hooks\",\"rate\":300,\"breaker\":" + breaker + "}");
  }

  private Response answered(Request request) throws IOException {
    asked.add(request);
    return agent.answer(request);
  }

  /** A relay's instance; the jitter is half. */
  private CircuitBreaker relay() {
    AgentDirectory agents = new AgentDirectory(parameters, "/agentpost/agents/", wall);
    SignedDelivery delivery = new SignedDelivery(agents, new SecretStore(secrets, wall), "agentpost/agents/", new Outbound(new FakeHttp(this::answered)), wall);
    return new CircuitBreaker(delivery, new HealthTable(tables.client(), LocalTables.HEALTH), wall, wall, () -> 0.5);
  }

  private static Response deliver(CircuitBreaker relay) {
    return relay.deliver(AGENT, BODY).response();
  }

  private static void deliver(CircuitBreaker relay, int times) {
    for (int i = 0; i < times; i++) {
      deliver(relay);
    }
  }

  private void trip(CircuitBreaker relay) {
    agent = FAILS;
    deliver(relay, 5);
    asked.clear();
    calls.clear();
  }

  @Test
  void fiveOfTheLastTenTripItAndThenItIsAnsweredAtOnce() {
    CircuitBreaker relay = relay();
    deliver(relay, 5);
    agent = FAILS;
    deliver(relay, 4);
    assertThat(deliver(relay).status()).as("the fifth failure is the agent's own").isEqualTo(500);
    asked.clear();
    Response open = deliver(relay);
    assertThat(asked).isEmpty();
    assertThat(open.status()).isEqualTo(503);
    assertThat(open.headers()).containsEntry("Content-Type", "application/problem+json").containsEntry("Retry-After", "45");
    assertThat(new String(open.body(), UTF_8)).contains("urn:agentpost:problem:circuit-open", "crm-sync");
  }

  @Test
  void otherRelaysHearOfItWithinSeconds() {
    CircuitBreaker other = relay();
    deliver(other);
    trip(relay());
    wall.move(CircuitBreaker.FRESH);
    assertThat(deliver(other).status()).isEqualTo(503);
    assertThat(asked).isEmpty();
  }

  @Test
  void failuresAreCountedOverAllRelays() {
    agent = FAILS;
    for (int i = 0; i < 5; i++) {
      deliver(relay());
    }
    asked.clear();
    deliver(relay());
    assertThat(asked).isEmpty();
  }

  @Test
  void aHealthyAgentCostsNoWriteAndOneReadInFiveSeconds() {
    CircuitBreaker relay = relay();
    deliver(relay, 100);
    assertThat(calls).containsExactly("getItem");
    wall.move(CircuitBreaker.FRESH);
    deliver(relay, 100);
    assertThat(calls).containsExactly("getItem", "getItem");
    assertThat(tables.health("crm-sync")).isEmpty();
  }

  @Test
  void anAgentThatFailsOneInThreeStaysClosed() {
    CircuitBreaker relay = relay();
    for (int i = 0; i < 60; i++) {
      agent = i % 3 == 0 ? FAILS : TAKES;
      deliver(relay);
    }
    assertThat(asked).hasSize(60);
  }

  @Test
  void afterAThousandSuccessesItStillTakesHalfOfTheLastTen() {
    CircuitBreaker relay = relay();
    deliver(relay, 1000);
    agent = FAILS;
    deliver(relay, 4);
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
    deliver(relay, 6);
    assertThat(tables.health("crm-sync")).containsKey("open_until");
  }

  /** What was once a success in the window must not be one for ever. */
  @Test
  void whereAllMustFailAnOldSuccessIsForgotten() {
    breaker("{\"failures\":10,\"of\":10,\"within\":600,\"open\":30,\"longest\":100}");
    CircuitBreaker relay = relay();
    agent = FAILS;
    deliver(relay, 9);
    agent = TAKES;
    deliver(relay);
    agent = FAILS;
    deliver(relay, 20);
    assertThat(tables.health("crm-sync")).containsKey("open_until");
  }

  @Test
  void failuresOfLongAgoDoNotCount() {
    CircuitBreaker relay = relay();
    agent = FAILS;
    deliver(relay, 4);
    wall.move(Duration.ofMinutes(11));
    deliver(relay, 4);
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
    deliver(relay);
    assertThat(tables.health("crm-sync")).containsKey("open_until");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 400, 401, 403, 404, 409, 422, 429})
  void anAnswerIsNoFailure(int status) {
    CircuitBreaker relay = relay();
    agent = _ -> Response.json(status, "{}");
    deliver(relay, 20);
    assertThat(asked).hasSize(20);
    assertThat(calls).containsExactly("getItem");
  }

  @Test
  void anAgentThatSaysWhenToComeAgainIsBusyAndNotDown() {
    CircuitBreaker relay = relay();
    agent = _ -> Response.json(503, "{}").retryAfter(Duration.ofSeconds(5));
    deliver(relay, 20);
    assertThat(asked).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 500, 502, 503, 504})
  void anErrorIsAFailure(int status) {
    CircuitBreaker relay = relay();
    agent = _ -> Response.json(status, "{}");
    deliver(relay, 20);
    assertThat(asked).hasSize(5);
  }

  @Test
  void silenceIsAFailure() {
    CircuitBreaker relay = relay();
    agent =
        _ -> {
          if (asked.size() % 2 == 0) {
            throw new HttpTimeoutException("too late");
          }
          throw new IOException("connection refused");
        };
    deliver(relay, 20);
    assertThat(asked).hasSize(5);
  }

  @Test
  void whatTheAgentWasNotAskedIsNoFailureOfIts() {
    CircuitBreaker relay = relay();
    secrets.down(true);
    deliver(relay, 20);
    secrets.down(false);
    agent = FAILS;
    deliver(relay, 4);
    assertThat(asked).hasSize(4);
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
  }

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
    assertThat(meanwhile).allSatisfy(response -> assertThat(response.headers()).containsEntry("Retry-After", "8"));
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
    wall.move(CircuitBreaker.FRESH);
    asked.clear();
    assertThat(deliver(other).status()).isEqualTo(200);
    assertThat(deliver(one).status()).isEqualTo(200);
    assertThat(tables.health("crm-sync")).doesNotContainKeys("open_until", "probe_until", "failed_count").containsKey("closed_at");
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
    assertThat(tables.health("crm-sync")).containsEntry("open_millis", AttributeValue.fromN("30000"));
  }

  /** As docs/operations.md has it. */
  @Test
  void aPersonMayCloseIt() {
    CircuitBreaker relay = relay();
    trip(relay);
    tables.client().updateItem(
        update -> update.tableName(LocalTables.HEALTH).key(Map.of("agent", AttributeValue.fromS("crm-sync"))).updateExpression("REMOVE open_until, probe_until"));
    wall.move(CircuitBreaker.FRESH);
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
    wall.move(CircuitBreaker.LEASE.minusMillis(1));
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
    agent = TAKES;
    assertThat(deliver(relay).status()).isEqualTo(200);
  }

  @Test
  void whileTheTableDoesNotAnswerEverythingIsDelivered() {
    CircuitBreaker relay = relay();
    tables.failBefore(
        call -> {
          calls.add(call);
          return Optional.of(SdkClientException.create("no route to DynamoDB"));
        });
    agent = FAILS;
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    assertThat(relay.deliver(AGENT, BODY, wall.instant(), line).response().status()).isEqualTo(500);
    assertThat(line.path("health").asText()).contains("did not answer: SdkClientException");
    deliver(relay, 19);
    assertThat(asked).hasSize(20);
    assertThat(calls.stream().filter("getItem"::equals)).as("not asked with each delivery").hasSize(1);
  }

  @Test
  void anOpenCircuitWhoseRowCannotBeReadAnyMoreLetsDeliveriesThrough() {
    CircuitBreaker relay = relay();
    trip(relay);
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    wall.move(CircuitBreaker.FRESH);
    agent = TAKES;
    assertThat(deliver(relay).status()).isEqualTo(200);
  }

  @Test
  void aProbeThatCannotBeNotedIsADelivery() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(26));
    deliver(relay);
    wall.move(Duration.ofSeconds(4));
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    agent = TAKES;
    assertThat(deliver(relay).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"off\"", "{}", "{\"failures\":0,\"of\":10,\"within\":600,\"open\":30,\"longest\":100}", "7"})
  void withoutABreakerEverythingIsDeliveredAndTheTableNotTouched(String none) {
    breaker(none);
    CircuitBreaker relay = relay();
    agent = FAILS;
    deliver(relay, 20);
    assertThat(asked).hasSize(20);
    assertThat(calls).isEmpty();
  }

  @Test
  void ofManyRelaysThatFailAtOnceOneTripsIt() throws Exception {
    agent = FAILS;
    List<Callable<Response>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      CircuitBreaker relay = relay();
      all.add(() -> deliver(relay));
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      threads.invokeAll(all);
    }
    Map<String, AttributeValue> row = tables.health("crm-sync");
    assertThat(row).containsKeys("open_until", "outage_since", "expires_at").doesNotContainKeys("failed_count", "seen_count");
    assertThat(row).containsEntry("open_millis", AttributeValue.fromN("30000"));
    assertThat(asked).hasSizeBetween(5, 5 + 8);
  }
}

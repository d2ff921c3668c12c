package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.AgentName;
import agentpost.health.Circuit;
import agentpost.health.HealthRow;
import agentpost.http.Problem;
import agentpost.http.Response;
import agentpost.testing.Events;
import agentpost.testing.FakeHttp;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What trips a circuit, and what becomes of deliveries when it is open or its state is not to be
 * had.
 */
class CircuitBreakerTest extends RelaysWithBreakers {
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
    assertThat(open.headers())
        .containsEntry("Content-Type", "application/problem+json")
        .containsEntry("Retry-After", "45");
    assertThat(new String(open.body(), UTF_8))
        .contains("urn:agentpost:problem:circuit-open", "crm-sync");
  }

  @Test
  void otherRelaysHearOfItAtOnce() {
    CircuitBreaker other = relay();
    deliver(other);
    trip(relay());
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
  void aHealthyAgentCostsTwoWritesADeliveryAndASmallRow() {
    CircuitBreaker relay = relay();
    deliver(relay, 100);
    assertThat(calls).hasSizeBetween(200, 210).containsOnly("updateItem");
    assertThat(Circuit.of(new HealthRow(tables.health("crm-sync"))).outcomes())
        .hasSizeBetween(10, 20);
    assertThat(tables.health("crm-sync")).containsOnlyKeys("agent", "outcomes", "expires_at");
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

  /** What brings down everyone who takes it says nothing of any one of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event_id\":\"e\"}",
        "{\"event_id\":\"e\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}",
        "{\"event_id\":\"e\",\"event_type\":\"no.such\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}"
      })
  void anEventThatNoSubscriberCanReadTripsNothing(String event) {
    CircuitBreaker relay = relay();
    agent = FAILS;
    for (int i = 0; i < 20; i++) {
      assertThat(relay.deliver(AGENT, event.getBytes(UTF_8)).response().status()).isEqualTo(500);
    }
    assertThat(tables.health("crm-sync")).doesNotContainKeys("outcomes", "failed_at", "open_until");
    deliver(relay, 5);
    assertThat(tables.health("crm-sync"))
        .as("another's failures count as ever")
        .containsKey("open_until");
  }

  /** As an inbox answers when its agent throws. */
  private static final FakeHttp.OtherSide FAILS_AT_EVENT =
      _ -> Problem.AGENT_FAILED.withDetail("its log has the reason");

  @Test
  void anAgentThatFailsAtEveryEventTripsIt() {
    CircuitBreaker relay = relay();
    agent = FAILS_AT_EVENT;
    for (int i = 0; i < 5; i++) {
      assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
      assertThat(relay.deliver(AGENT, Events.body("event-" + i)).response().status())
          .isEqualTo(500);
    }
    assertThat(tables.health("crm-sync")).containsKey("open_until");
  }

  /** It would keep all others from an agent that is well with them. */
  @Test
  void oneEventThatAnAgentFailsAtTripsNothing() {
    CircuitBreaker relay = relay();
    agent = FAILS_AT_EVENT;
    deliver(relay, 50);
    assertThat(tables.health("crm-sync")).containsKey("failed_at").doesNotContainKey("open_until");
    agent = TAKES;
    assertThat(relay.deliver(AGENT, Events.body("another")).response().status()).isEqualTo(200);
  }

  /** Of an agent that is down it says nothing which event it was. */
  @Test
  void oneEventTripsItIfTheAgentIsDown() {
    trip(relay());
    assertThat(tables.health("crm-sync")).containsKey("open_until");
  }

  @Test
  void aProbeWithSuchAnEventDecidesNothing() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(30));
    Map<String, AttributeValue> before = tables.health("crm-sync");
    assertThat(relay.deliver(AGENT, "{\"event_id\":\"e\"}".getBytes(UTF_8)).response().status())
        .isEqualTo(500);
    assertThat(tables.health("crm-sync")).containsEntry("open_until", before.get("open_until"));
    agent = TAKES;
    assertThat(deliver(relay).status()).as("the next is a probe as well").isEqualTo(200);
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
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
    breaker(
        "{\"failureThreshold\":10,\"windowSize\":10,\"window\":600,\"openDuration\":30,\"maxOpenDuration\":100}");
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
    assertThat(tables.health("crm-sync")).doesNotContainKeys("open_until", "failed_at");
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

  /** As API Gateway answers when Lambda has no room, or it has itself had too many requests. */
  private static final String GATEWAYS_OWN = "{\"message\":\"Internal server error\"}";

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503, 504})
  void aThrottledFunctionIsNotTheAgentsFault(int status) {
    CircuitBreaker relay = relay();
    agent = _ -> Response.json(status, GATEWAYS_OWN);
    for (int i = 0; i < 20; i++) {
      Response response = deliver(relay);
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.headers()).containsKey("Retry-After");
    }
    assertThat(asked).hasSize(20);
    assertThat(tables.health("crm-sync")).doesNotContainKeys("outcomes", "failed_at", "open_until");
  }

  @Test
  void aThrottledProbeDecidesNothing() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(30));
    Map<String, AttributeValue> before = tables.health("crm-sync");
    agent = _ -> Response.json(429, GATEWAYS_OWN);
    assertThat(deliver(relay).status()).isEqualTo(503);
    assertThat(tables.health("crm-sync")).containsEntry("open_until", before.get("open_until"));
    agent = TAKES;
    assertThat(deliver(relay).status()).as("the next is a probe as well").isEqualTo(200);
  }

  /** API Gateway's 502: the function ran, and ended without an answer. */
  @Test
  void aFunctionThatCrashesIsTheAgentsFault() {
    CircuitBreaker relay = relay();
    agent = _ -> Response.json(502, GATEWAYS_OWN);
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
    // Secrets Manager is asked again after a second.
    wall.move(Duration.ofSeconds(1));
    agent = FAILS;
    deliver(relay, 4);
    assertThat(asked).hasSize(4);
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until");
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
    DeliveryAttempt attempt = relay.deliver(AGENT, BODY);
    assertThat(attempt.response().status()).isEqualTo(500);
    assertThat(attempt.fields().toLine("delivery")).contains("did not answer: SdkClientException");
    deliver(relay, 19);
    assertThat(asked).hasSize(20);
    assertThat(calls).as("not asked with each delivery").hasSize(1);
  }

  /** One probe at a time was promised, and whether it is under way cannot be asked. */
  @Test
  void anOpenCircuitWhoseRowCannotBeReadAnyMoreStaysOpenForItsTimeAndAProbes() {
    CircuitBreaker relay = relay();
    trip(relay);
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    agent = TAKES;
    wall.move(Duration.ofSeconds(30).plus(Admissions.LEASE).minusMillis(1));
    assertThat(deliver(relay).status()).isEqualTo(503);
    wall.move(Duration.ofMillis(1));
    assertThat(deliver(relay).status()).isEqualTo(200);
  }

  @Test
  void withoutABreakerEverythingIsDeliveredAndTheTableNotTouched() {
    directory.with("crm-sync", "{\"endpoint\":\"https://crm.example.com/hooks\",\"rate\":300}");
    CircuitBreaker relay = relay();
    agent = FAILS;
    deliver(relay, 20);
    assertThat(asked).hasSize(20);
    assertThat(calls).isEmpty();
  }

  /**
   * Each of three relays, and so each of three functions in turn, has one answer in three that
   * fails; one of them has only those.
   */
  @Test
  void oneAnswerInThreeThatFailsTripsNothingWhicheverRelayHasIt() {
    List<CircuitBreaker> relays = List.of(relay(), relay(), relay());
    for (int i = 0; i < 60; i++) {
      agent = i % 3 == 0 ? FAILS : TAKES;
      deliver(relays.get(i % 3));
    }
    assertThat(asked).hasSize(60);
  }

  /**
   * All ask before the first is answered, and then two successes end before each failure, whatever
   * relay they are of.
   */
  @Test
  void thirtyAtOnceOfWhichOneInThreeFailsTripNothing() throws Exception {
    CyclicBarrier all = new CyclicBarrier(30);
    List<CountDownLatch> ended = Stream.generate(() -> new CountDownLatch(1)).limit(30).toList();
    agent =
        request -> {
          int number = Integer.parseInt(request.header("webhook-id").orElseThrow());
          try {
            all.await(60, TimeUnit.SECONDS);
            if (number > 0 && !ended.get(number - 1).await(60, TimeUnit.SECONDS)) {
              throw new IllegalStateException("the one before did not end");
            }
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
          }
          return Response.json(number % 3 == 2 ? 500 : 200, "{}");
        };
    List<Future<DeliveryAttempt>> deliveries = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        int number = i;
        CircuitBreaker relay = relay(() -> number / 30.0);
        deliveries.add(
            threads.submit(
                () -> {
                  DeliveryAttempt attempt = relay.deliver(AGENT, Events.body("" + number));
                  ended.get(number).countDown();
                  return attempt;
                }));
      }
      for (Future<DeliveryAttempt> one : deliveries) {
        one.get();
      }
    }
    assertThat(asked).hasSize(30);
    assertThat(tables.health("crm-sync")).doesNotContainKey("open_until").containsKey("outcomes");
  }

  /**
   * The property: it trips with the attempt that makes it so many failures of the last so many, and
   * with no other, whichever relays they are of.
   */
  @Test
  void itTripsExactlyWhenSoManyOfTheLastSoManyFailed() {
    Random random = new Random(20);
    for (int round = 0; round < 40; round++) {
      int of = 1 + random.nextInt(12);
      int failures = 1 + random.nextInt(of);
      String name = "agent-" + round;
      directory.with(
          name,
          "{\"endpoint\":\"https://crm.example.com/hooks\",\"breaker\":{\"failureThreshold\":"
              + failures
              + ",\"windowSize\":"
              + of
              + ",\"window\":600,\"openDuration\":30,\"maxOpenDuration\":100}}");
      secrets.with("agentpost/agents/" + name, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
      List<CircuitBreaker> relays = List.of(relay(), relay(), relay());
      List<Boolean> failed = new ArrayList<>();
      double share = random.nextDouble();
      for (int i = 0; i < 40; i++) {
        boolean fails = random.nextDouble() < share;
        agent = fails ? FAILS : TAKES;
        relays.get(random.nextInt(3)).deliver(new AgentName(name), BODY);
        failed.add(fails);
        boolean trips =
            failed.subList(Math.max(0, failed.size() - of), failed.size()).stream()
                    .filter(Boolean::booleanValue)
                    .count()
                >= failures;
        assertThat(tables.health(name).containsKey("open_until"))
            .as("%d of %d: %s", failures, of, failed)
            .isEqualTo(trips);
        if (trips) {
          break;
        }
      }
    }
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
    assertThat(row).containsKeys("open_until", "outage_since", "expires_at");
    assertThat(row).containsEntry("open_millis", AttributeValue.fromN("30000"));
    assertThat(asked).hasSizeBetween(5, 5 + 8);
  }
}

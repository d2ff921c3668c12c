package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.http.Response;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What trips a circuit, and what becomes of deliveries when it is open or its state is not to be had. */
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
    assertThat(tables.health("crm-sync")).isEmpty();
    deliver(relay, 5);
    assertThat(tables.health("crm-sync")).as("another's failures count as ever").containsKey("open_until");
  }

  @Test
  void aProbeWithSuchAnEventDecidesNothing() {
    CircuitBreaker relay = relay();
    trip(relay);
    wall.move(Duration.ofSeconds(30));
    Map<String, AttributeValue> before = tables.health("crm-sync");
    assertThat(relay.deliver(AGENT, "{\"event_id\":\"e\"}".getBytes(UTF_8)).response().status()).isEqualTo(500);
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

package agentpost.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryHistoryTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");
  private final DeliveryHistory history = new DeliveryHistory(() -> NOW, 3);

  @AfterEach
  void close() {
    history.close();
  }

  private void put(String id) {
    history.onEvent(
        new DeliveryEvent.EventAccepted(
            id,
            "agentpost",
            "auth",
            "user.signed_up",
            List.of("agentpost-crm"),
            "{\"detail\":{\"event_id\":\""
                + id
                + "\",\"metadata\":{\"correlation_id\":\"corr\",\"causation_id\":\"cause\"}}}"));
  }

  private void attempt(String id, int number, int status, Optional<Duration> next) {
    history.onEvent(
        new DeliveryEvent.AttemptMade(
            id,
            "agentpost-crm",
            number,
            Optional.of(status),
            status == 200 ? "delivered" : "HTTP " + status,
            Duration.ofMillis(7),
            next));
  }

  private DeliveryProgress.Snapshot delivery(String id) {
    return history.find(id).orElseThrow().deliveries().getFirst();
  }

  @Test
  void anEventHasItsEnvelopeItsIdsAndItsDeliveries() {
    put("a");
    DeliveryHistory.Event event = history.find("a").orElseThrow();
    assertEquals("corr", event.correlationId());
    assertEquals("cause", event.causationId());
    assertEquals("crm", event.deliveries().getFirst().agent());
    assertThat(event.isOver()).isFalse();
    assertThat(history.envelope("a").orElseThrow()).startsWith("{\"event_id\":\"a\"");
  }

  @Test
  void theNextAttemptIsDueAfterItsWait() {
    put("a");
    attempt("a", 1, 503, Optional.of(Duration.ofMinutes(2)));
    assertThat(history.nextDue()).contains(NOW.plusSeconds(120));
    attempt("a", 2, 200, Optional.empty());
    assertThat(history.nextDue()).isEmpty();
    assertEquals(DeliveryProgress.State.DELIVERED, delivery("a").state());
  }

  @Test
  void ofManyAttemptsTheFirstAndTheLastAreKept() {
    put("a");
    for (int i = 1; i <= 185; i++) {
      attempt("a", i, 503, Optional.of(Duration.ofSeconds(i)));
    }
    history.onEvent(
        new DeliveryEvent.DeadLettered(
            "a", "agentpost-crm", "arn", "ERROR_FROM_TARGET", "HTTP 503", 185));
    DeliveryProgress.Snapshot delivery = delivery("a");
    assertThat(delivery.first())
        .extracting(DeliveryProgress.Attempt::number)
        .containsExactly(1, 2, 3);
    assertThat(delivery.last())
        .extracting(DeliveryProgress.Attempt::number)
        .containsExactly(181, 182, 183, 184, 185);
    assertEquals(177, delivery.left());
    assertEquals(DeliveryProgress.State.DEAD_LETTER, delivery.state());
  }

  @Test
  void theOldestEventsAreForgotten() {
    List.of("a", "b", "c", "d").forEach(this::put);
    assertThat(history.find("a")).isEmpty();
    assertThat(history.envelope("a")).isEmpty();
    assertThat(history.page(Long.MAX_VALUE, 10, _ -> true))
        .extracting(DeliveryHistory.Event::id)
        .containsExactly("d", "c", "b");
  }

  @Test
  void aPageEndsWhereTheNextBegins() {
    List.of("a", "b", "c").forEach(this::put);
    List<DeliveryHistory.Event> newest = history.page(Long.MAX_VALUE, 2, _ -> true);
    assertThat(history.page(newest.getLast().number(), 2, _ -> true))
        .extracting(DeliveryHistory.Event::id)
        .containsExactly("a");
  }

  @Test
  void anEventThatIsPutAgainIsOneEventStill() {
    put("a");
    attempt("a", 1, 200, Optional.empty());
    put("b");
    put("a");
    attempt("a", 1, 200, Optional.empty());
    assertThat(history.page(Long.MAX_VALUE, 10, _ -> true))
        .extracting(DeliveryHistory.Event::id)
        .containsExactly("a", "b");
    assertEquals(2, history.find("a").orElseThrow().puts());
    assertEquals(2, delivery("a").count());
  }

  @Test
  void whoWaitsForAChangeHearsOfItAndOfTheEnd() throws InterruptedException {
    long seen = history.version();
    put("a");
    assertThat(history.awaitChange(seen, Duration.ofSeconds(20))).contains(seen + 1);
    history.close();
    assertThat(history.awaitChange(seen + 1, Duration.ofSeconds(20))).isEmpty();
  }
}

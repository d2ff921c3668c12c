package agentpost.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.testing.FakeBus;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

class EventBridgePublisherTest {
  private final FakeBus bus = new FakeBus();
  private final List<Duration> pauses = new ArrayList<>();
  private final EventBridgePublisher publisher =
      new EventBridgePublisher(bus, "agentpost", pauses::add);

  private static Event event(String id, int bytes) {
    return new Event(
        new EventId(id),
        "email.sent",
        Instant.parse("2026-03-31T10:30:00Z"),
        JsonNodeFactory.instance.objectNode().put("filling", "x".repeat(bytes)),
        new Event.Metadata("welcome-agent", new CorrelationId("corr-1"), Optional.empty(), 1));
  }

  private static List<Event> events(int count, int bytes) {
    return IntStream.range(0, count).mapToObj(i -> event("e" + i, bytes)).toList();
  }

  @Test
  void anEntryIsTheEnvelopeUnderItsSourceTypeAndTime() {
    assertInstanceOf(
        Publisher.Publication.Published.class, publisher.publish(List.of(event("e0", 0))));
    PutEventsRequestEntry entry = bus.accepted().getFirst();
    assertEquals("agentpost", entry.eventBusName());
    assertEquals("welcome-agent", entry.source());
    assertEquals("email.sent", entry.detailType());
    assertEquals(Instant.parse("2026-03-31T10:30:00Z"), entry.time());
    assertTrue(entry.detail().startsWith("{\"event_id\":\"e0\","), entry.detail());
  }

  @Test
  void onlyTheEntriesThatFailedArePutAgain() {
    bus.failNext(Set.of(1, 3)).failNext(Set.of(0));
    assertInstanceOf(Publisher.Publication.Published.class, publisher.publish(events(4, 0)));
    assertEquals(List.of(4, 2, 1), bus.calls().stream().map(List::size).toList());
    assertEquals(
        4,
        bus.accepted().stream().map(PutEventsRequestEntry::detail).distinct().count(),
        "each event once, none twice");
    assertEquals(4, bus.accepted().size());
    assertEquals(2, pauses.size());
    assertThat(pauses.get(0))
        .as("equal jitter: half of the wait at least")
        .isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(pauses.get(1)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
  }

  @Test
  void anEntryThatKeepsFailingIsReportedWithItsTypeAndCode() {
    bus.failNext(Set.of(0)).failNext(Set.of(0)).failNext(Set.of(0)).failNext(Set.of(0));
    var failed =
        assertInstanceOf(Publisher.Publication.Failed.class, publisher.publish(events(1, 0)));
    assertEquals(List.of("email.sent: ThrottlingException"), failed.reasons());
    assertEquals(4, bus.calls().size());
  }

  @Test
  void aCallThatFailsWholeIsReported() {
    bus.down(true);
    var failed =
        assertInstanceOf(Publisher.Publication.Failed.class, publisher.publish(events(1, 0)));
    assertEquals(List.of("PutEvents failed: SdkClientException"), failed.reasons());
  }

  @Test
  void noCallHasMoreThanTenEntriesOrAMegabyte() {
    assertInstanceOf(Publisher.Publication.Published.class, publisher.publish(events(23, 0)));
    assertEquals(List.of(10, 10, 3), bus.calls().stream().map(List::size).toList());

    FakeBus other = new FakeBus();
    var bySize =
        new EventBridgePublisher(other, "agentpost", pauses::add).publish(events(3, 400_000));
    assertInstanceOf(Publisher.Publication.Published.class, bySize);
    assertEquals(List.of(2, 1), other.calls().stream().map(List::size).toList());
  }

  @Test
  void aThreadThatIsToldToStopStops() {
    bus.failNext(Set.of(0));
    var stopped =
        new EventBridgePublisher(
            bus,
            "agentpost",
            _ -> {
              throw new InterruptedException();
            });
    assertInstanceOf(Publisher.Publication.Failed.class, stopped.publish(events(1, 0)));
    assertTrue(Thread.interrupted());
    assertEquals(1, bus.calls().size());
  }
}

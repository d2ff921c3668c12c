package agentpost.health;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.AgentName;
import agentpost.catalog.BreakerPolicy;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import agentpost.testing.FakeBus;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

class OutageAnnouncerTest {
  private static final AgentName AGENT = new AgentName("crm-sync");
  private static final BreakerPolicy LIMITS =
      new BreakerPolicy(
          1, 1, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10));

  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final LocalTables tables = new LocalTables();
  private final FakeBus bus = new FakeBus();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HealthTable table = new HealthTable(tables.client(), LocalTables.HEALTH);
  private final CircuitStore circuits = new CircuitStore(table, () -> 0);

  @AfterEach
  void close() {
    tables.close();
  }

  private void tend() {
    new OutageAnnouncer(table, new EventBridgePublisher(bus, "agentpost", _ -> {}), log::add)
        .tend(AGENT, table.row(AGENT), true, clock.instant());
  }

  private void trip() {
    attempt(Circuit.Kind.FAILED, LIMITS);
  }

  private void attempt(Circuit.Kind kind, BreakerPolicy limits) {
    CircuitStore.Entry entry =
        circuits.enter(AGENT, 1, true, clock.instant(), clock.instant(), Duration.ofSeconds(15));
    circuits.leave(
        AGENT,
        ((CircuitStore.Entry.Admitted) entry).slot(),
        new Circuit.Outcome(clock.instant(), kind),
        Optional.of(limits));
  }

  private void close(Duration after) {
    close(after, Circuit.Kind.ANSWERED);
  }

  private void close(Duration after, Circuit.Kind kind) {
    clock.move(after);
    Circuit seen = Circuit.of(table.row(AGENT));
    Instant lease =
        circuits
            .probe(AGENT, seen, clock.instant(), clock.instant(), Duration.ofSeconds(15))
            .orElseThrow();
    circuits.close(AGENT, lease, kind, clock.instant());
  }

  private List<JsonNode> published() throws Exception {
    JsonMapper json = new JsonMapper();
    List<JsonNode> events = new CopyOnWriteArrayList<>();
    for (var entry : bus.accepted()) {
      events.add(json.readTree(entry.detail()));
    }
    return events;
  }

  private List<String> types() throws Exception {
    return published().stream().map(event -> event.path("event_type").asText()).toList();
  }

  @Test
  void aTripIsAnnouncedAndItsEndIsTold() throws Exception {
    trip();
    tend();
    tend();
    close(Duration.ofSeconds(30));
    clock.move(OutageAnnouncer.RECOVERY_QUIET_PERIOD);
    tend();
    tend();
    assertThat(types()).containsExactly("agent.unhealthy", "agent.recovered");
    for (JsonNode event : published()) {
      assertThat(EventSchemas.load().validate(event)).isInstanceOf(Validation.Valid.class);
    }
    JsonNode unhealthy = published().getFirst();
    JsonNode recovered = published().getLast();
    assertThat(unhealthy.at("/data/because").asText()).isEqualTo("circuit-open");
    assertThat(unhealthy.at("/data/agent").asText()).isEqualTo("crm-sync");
    assertThat(recovered.at("/data/lasted_seconds").asInt()).isEqualTo(150);
    assertThat(recovered.at("/metadata/causation_id")).isEqualTo(unhealthy.path("event_id"));
    assertThat(recovered.at("/metadata/correlation_id"))
        .isEqualTo(unhealthy.at("/metadata/correlation_id"));
  }

  /**
   * One that comes and goes is one outage, so that whoever fails by the news cannot make ever more
   * of it.
   */
  @Test
  void anAgentThatComesAndGoesIsAnnouncedOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      trip();
      tend();
      close(Duration.ofSeconds(30));
      tend();
    }
    assertThat(types()).containsExactly("agent.unhealthy");
  }

  @Test
  void whatIsOpenDoesNotEnd() throws Exception {
    trip();
    clock.move(Duration.ofHours(1));
    tend();
    assertThat(types()).containsExactly("agent.unhealthy");
  }

  private static final BreakerPolicy FIVE_OF_TEN =
      new BreakerPolicy(
          5, 10, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10));

  /**
   * A probe that was answered by luck closed the circuit, and what failed since was too little to
   * trip it again.
   */
  @Test
  void whoFailsStillHasNotRecovered() throws Exception {
    trip();
    close(Duration.ofSeconds(30));
    attempt(Circuit.Kind.FAILED, FIVE_OF_TEN);
    clock.move(Duration.ofHours(1));
    tend();
    assertThat(types()).containsExactly("agent.unhealthy");
    attempt(Circuit.Kind.ANSWERED, FIVE_OF_TEN);
    tend();
    assertThat(types()).containsExactly("agent.unhealthy", "agent.recovered");
  }

  @Test
  void whoFailedAMomentAgoHasNotRecovered() throws Exception {
    trip();
    close(Duration.ofSeconds(30));
    clock.move(OutageAnnouncer.RECOVERY_QUIET_PERIOD);
    attempt(Circuit.Kind.FAILED, FIVE_OF_TEN);
    attempt(Circuit.Kind.ANSWERED, FIVE_OF_TEN);
    tend();
    assertThat(types()).containsExactly("agent.unhealthy");
    clock.move(OutageAnnouncer.RECOVERY_QUIET_PERIOD);
    tend();
    assertThat(types()).containsExactly("agent.unhealthy", "agent.recovered");
  }

  @Test
  void whoOnlySaysWhenToComeAgainHasNotRecovered() throws Exception {
    trip();
    close(Duration.ofSeconds(30), Circuit.Kind.BUSY);
    clock.move(Duration.ofHours(1));
    tend();
    assertThat(types()).containsExactly("agent.unhealthy");
  }

  @Test
  void aFailureSinceTheRowWasReadKeepsItFromEnding() throws Exception {
    trip();
    close(Duration.ofSeconds(30));
    clock.move(OutageAnnouncer.RECOVERY_QUIET_PERIOD);
    HealthRow before = table.row(AGENT);
    attempt(Circuit.Kind.FAILED, FIVE_OF_TEN);
    new OutageAnnouncer(table, new EventBridgePublisher(bus, "agentpost", _ -> {}), log::add)
        .tend(AGENT, before, true, clock.instant());
    assertThat(types()).containsExactly("agent.unhealthy");
  }

  @Test
  void aTripBetweenTwoRunsIsAnnouncedAfterwardsAndInOrder() throws Exception {
    trip();
    close(Duration.ofSeconds(30));
    clock.move(OutageAnnouncer.RECOVERY_QUIET_PERIOD);
    tend();
    assertThat(types()).containsExactly("agent.unhealthy", "agent.recovered");
  }

  @Test
  void whatTheBusDidNotTakeIsPublishedByTheNextRunUnderTheSameId() throws Exception {
    trip();
    bus.down(true);
    tend();
    bus.down(false);
    clock.move(Duration.ofMinutes(1));
    tend();
    assertThat(types()).containsExactly("agent.unhealthy");
    assertThat(log).singleElement().asString().contains("left for the next run", "agent.unhealthy");
  }

  /**
   * The table fails once each event is on the bus, as if the function had died between publishing
   * and noting it.
   */
  @Test
  void aCrashAfterPublishingPublishesTheSameAgain() throws Exception {
    trip();
    crashAfterPublishing();
    tend();
    close(Duration.ofSeconds(30));
    clock.move(OutageAnnouncer.RECOVERY_QUIET_PERIOD);
    crashAfterPublishing();
    clock.move(Duration.ofMinutes(1));
    tend();
    List<JsonNode> events = published();
    assertThat(types())
        .containsExactly(
            "agent.unhealthy", "agent.unhealthy", "agent.recovered", "agent.recovered");
    assertThat(events.get(1)).isEqualTo(events.get(0));
    assertThat(events.get(3)).isEqualTo(events.get(2));
  }

  private void crashAfterPublishing() {
    int before = bus.accepted().size();
    AtomicBoolean crashed = new AtomicBoolean();
    tables.failBefore(
        call ->
            call.equals("updateItem")
                    && bus.accepted().size() > before
                    && crashed.compareAndSet(false, true)
                ? Optional.of(SdkClientException.create("gone"))
                : Optional.empty());
    try {
      tend();
    } catch (SdkClientException e) {
      assertThat(crashed).isTrue();
    }
    tables.works();
  }

  @Test
  void whatGoesWrongWhileAnEndIsToldIsTheNextOutage() throws Exception {
    trip();
    tend();
    close(Duration.ofSeconds(30));
    clock.move(OutageAnnouncer.RECOVERY_QUIET_PERIOD);
    crashAfterPublishing();
    clock.move(Duration.ofSeconds(10));
    trip();
    tend();
    tend();
    assertThat(types())
        .containsExactly(
            "agent.unhealthy", "agent.recovered", "agent.recovered", "agent.unhealthy");
    assertThat(published().getLast().path("event_id"))
        .isNotEqualTo(published().getFirst().path("event_id"));
  }
}

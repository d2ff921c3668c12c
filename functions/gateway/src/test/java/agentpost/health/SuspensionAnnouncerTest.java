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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/** That deliveries are stopped and resumed is said once each, whatever happens in between. */
class SuspensionAnnouncerTest {
  private static final AgentName CRM = new AgentName("crm");
  private static final String URL = "digest-of-a-url";

  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final LocalTables tables = new LocalTables();
  private final FakeBus bus = new FakeBus();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HealthTable table = new HealthTable(tables.client(), LocalTables.HEALTH);
  private final ConsentStore consents = new ConsentStore(table);

  @AfterEach
  void close() {
    tables.close();
  }

  private boolean tend() {
    return new SuspensionAnnouncer(
            table, new EventBridgePublisher(bus, "agentpost", _ -> {}), log::add)
        .tend(CRM, table.rows().getOrDefault(CRM, HealthRow.EMPTY), clock.instant());
  }

  private List<JsonNode> published() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    for (var entry : bus.accepted()) {
      events.add(new JsonMapper().readTree(entry.detail()));
    }
    return events;
  }

  private List<String> types() throws Exception {
    return published().stream().map(event -> event.path("event_type").asText()).toList();
  }

  @Test
  void goneIsSaidAtOnceAndItsEndWhenSomeoneResumes() throws Exception {
    consents.recordGone(CRM, URL, clock.instant());
    assertThat(tend()).as("for an alarm").isTrue();
    assertThat(tend()).isTrue();
    clock.move(Duration.ofDays(40));
    assertThat(tend()).isTrue();
    consents.resume(CRM, clock.instant());
    assertThat(tend()).isFalse();
    tend();
    assertThat(types()).containsExactly("agent.stopped", "agent.resumed");
    for (JsonNode event : published()) {
      assertThat(EventSchemas.load().validate(event)).isInstanceOf(Validation.Valid.class);
    }
    JsonNode stopped = published().getFirst();
    JsonNode resumed = published().getLast();
    assertThat(stopped.at("/data/because").asText()).isEqualTo("gone");
    assertThat(resumed.at("/metadata/causation_id")).isEqualTo(stopped.path("event_id"));
    assertThat(resumed.at("/metadata/correlation_id"))
        .isEqualTo(stopped.at("/metadata/correlation_id"));
    assertThat(table.consentRow(CRM).values())
        .doesNotContainKeys("stopped_at", "stop_announced_at", "stop_ended_at");
  }

  @Test
  void aFirstChallengeThatFailsIsNoNewsAndOneThatGoesOnFailingIs() throws Exception {
    consents.recordUnverified(CRM, clock.instant());
    assertThat(tend()).isFalse();
    clock.move(SuspensionAnnouncer.PUBLISH_TIMEOUT);
    assertThat(tend()).isTrue();
    assertThat(types()).containsExactly("agent.stopped");
    assertThat(published().getFirst().at("/data/because").asText()).isEqualTo("unverified");
    consents.recordVerified(CRM, URL, clock.instant());
    tend();
    assertThat(types()).containsExactly("agent.stopped", "agent.resumed");
  }

  @Test
  void aStopThatWasOverBeforeItWasSaidIsNotSaid() throws Exception {
    consents.recordUnverified(CRM, clock.instant());
    consents.recordVerified(CRM, URL, clock.instant());
    clock.move(Duration.ofMinutes(10));
    assertThat(tend()).isFalse();
    assertThat(types()).isEmpty();
    assertThat(table.consentRow(CRM).values()).doesNotContainKey("stopped_at");
  }

  @Test
  void aCrashAfterPublishingPublishesTheSameAgain() throws Exception {
    consents.recordGone(CRM, URL, clock.instant());
    tables.failBefore(
        call ->
            call.equals("updateItem")
                ? Optional.of(SdkClientException.create("gone"))
                : Optional.empty());
    try {
      tend();
    } catch (SdkClientException e) {
      assertThat(types()).containsExactly("agent.stopped");
    }
    tables.works();
    clock.move(Duration.ofMinutes(1));
    tend();
    tend();
    assertThat(types()).containsExactly("agent.stopped", "agent.stopped");
    assertThat(published().getFirst()).isEqualTo(published().getLast());
  }

  @Test
  void whatTheBusDidNotTakeIsLeftForTheNextRun() throws Exception {
    consents.recordGone(CRM, URL, clock.instant());
    bus.down(true);
    tend();
    bus.down(false);
    tend();
    assertThat(types()).containsExactly("agent.stopped");
    assertThat(log).singleElement().asString().contains("left for the next run", "agent.stopped");
  }

  @Test
  void aSecondGoneIsAStopOfItsOwn() throws Exception {
    consents.recordGone(CRM, URL, clock.instant());
    tend();
    consents.recordGone(CRM, URL, clock.instant().plusSeconds(5));
    tend();
    consents.resume(CRM, clock.instant().plusSeconds(60));
    tend();
    clock.move(Duration.ofHours(1));
    consents.recordGone(CRM, URL, clock.instant());
    tend();
    assertThat(types()).containsExactly("agent.stopped", "agent.resumed", "agent.stopped");
    assertThat(published().getFirst().path("event_id"))
        .isNotEqualTo(published().getLast().path("event_id"));
  }

  @Test
  void rowsOfHealthAndOfConsentAreOneAgentsAndOnlyTheFirstIsForgotten() {
    consents.recordGone(CRM, URL, clock.instant());
    CircuitStore circuits = new CircuitStore(table, () -> 0);
    CircuitStore.Entry.Admitted entry =
        (CircuitStore.Entry.Admitted)
            circuits.enter(CRM, 1, true, clock.instant(), clock.instant(), Duration.ofSeconds(15));
    BreakerPolicy limits =
        new BreakerPolicy(
            1, 1, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10));
    circuits.leave(
        CRM,
        entry.slot(),
        new Circuit.Outcome(clock.instant(), Circuit.Kind.FAILED),
        Optional.of(limits));
    assertThat(table.rows().keySet()).containsExactly(CRM);
    assertThat(table.rows().getOrDefault(CRM, HealthRow.EMPTY).values())
        .containsKeys("open_until", "stopped_at");
    assertThat(table.row(CRM).values()).containsKey("expires_at");
    assertThat(table.consentRow(CRM).values()).doesNotContainKey("expires_at");
  }
}

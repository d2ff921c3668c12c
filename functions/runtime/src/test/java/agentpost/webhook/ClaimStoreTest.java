package agentpost.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.ClaimStore.Claim;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

class ClaimStoreTest {
  private static final Duration LEASE = Duration.ofSeconds(20);
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final ClaimStore claims =
      new ClaimStore(tables.client(), LocalTables.CLAIMS, new AgentName("welcome-agent"), clock);
  private final EventId id = new EventId("e-1");

  @AfterEach
  void close() {
    tables.close();
  }

  private String mine() {
    return assertInstanceOf(Claim.Mine.class, claims.take(id, LEASE)).owner();
  }

  @Test
  void aSecondAttemptIsToldHowLongTheLeaseHas() {
    assertFalse(mine().isEmpty());
    clock.move(Duration.ofSeconds(3));
    assertEquals(new Claim.Held(Duration.ofSeconds(17)), claims.take(id, LEASE));
  }

  @Test
  void ofManyAttemptsAtTheSameInstantOneActs() throws Exception {
    int attempts = 16;
    CyclicBarrier together = new CyclicBarrier(attempts);
    try (var threads = Executors.newFixedThreadPool(attempts)) {
      List<Callable<Claim>> all = new ArrayList<>();
      for (int i = 0; i < attempts; i++) {
        all.add(
            () -> {
              int place = together.await();
              return place < 0 ? new Claim.Done() : claims.take(id, LEASE);
            });
      }
      int got = 0;
      for (Future<Claim> each : threads.invokeAll(all)) {
        got += each.get() instanceof Claim.Mine ? 1 : 0;
      }
      assertEquals(1, got);
    }
  }

  @Test
  void aLeaseThatRanOutIsTakenOverAndTheFirstOwnerCanNoLongerFinish() {
    String first = mine();
    clock.move(LEASE);
    assertInstanceOf(Claim.Held.class, claims.take(id, LEASE), "at its end it still holds");
    clock.move(Duration.ofMillis(1));
    String second = mine();
    assertFalse(claims.markDone(id, first));
    claims.release(id, first);
    assertInstanceOf(
        Claim.Held.class, claims.take(id, LEASE), "who lost the claim cannot give it away");
    assertTrue(claims.markDone(id, second));
    assertEquals(new Claim.Done(), claims.take(id, LEASE));
  }

  @Test
  void whatIsDoneStaysDoneLongerThanItCanComeBackEvenIfTtlHasNotDeletedIt() {
    assertTrue(claims.markDone(id, mine()));
    clock.move(ClaimStore.RETENTION);
    assertEquals(new Claim.Done(), claims.take(id, LEASE));
    clock.move(Duration.ofSeconds(1));
    assertInstanceOf(Claim.Mine.class, claims.take(id, LEASE));
  }

  @Test
  void aReleasedClaimIsFreeAtOnce() {
    claims.release(id, mine());
    assertInstanceOf(Claim.Mine.class, claims.take(id, LEASE));
  }

  @Test
  void agentsDoNotShareClaims() {
    assertFalse(mine().isEmpty());
    ClaimStore other =
        new ClaimStore(tables.client(), LocalTables.CLAIMS, new AgentName("trial-monitor"), clock);
    assertInstanceOf(Claim.Mine.class, other.take(id, LEASE));
  }

  @Test
  void aTableThatIsDownOrThrottledIsUnavailableAndWorksAgainLater() {
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertEquals(new Claim.Unavailable("SdkClientException"), claims.take(id, LEASE));
    tables.failBefore(
        _ ->
            Optional.of(
                ProvisionedThroughputExceededException.builder().message("slow down").build()));
    assertEquals(
        new Claim.Unavailable("ProvisionedThroughputExceededException"), claims.take(id, LEASE));
    tables.works();
    String owner = mine();
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertFalse(claims.markDone(id, owner));
    claims.release(id, owner);
    tables.works();
    assertInstanceOf(
        Claim.Held.class,
        claims.take(id, LEASE),
        "a release that failed leaves the lease to run out");
  }

  @Test
  void aWriteWhoseAnswerWasLostIsOursWhenTheSdkWritesItAgain() {
    tables.repeatPutItem();
    String owner = mine();
    assertTrue(claims.markDone(id, owner));
    assertTrue(
        claims.markDone(id, owner),
        "marking it done again, as the SDK does when the answer is lost, is no failure");
  }

  private void handled(String eventId, String type, Instant at) {
    Event.Metadata metadata =
        new Event.Metadata(
            "authentication_service", new CorrelationId("corr-1"), Optional.empty(), 1);
    Event event =
        new Event(new EventId(eventId), type, at, JsonNodeFactory.instance.objectNode(), metadata);
    assertTrue(
        claims.markDone(
            event.id(), assertInstanceOf(Claim.Mine.class, claims.take(event, LEASE)).owner()));
  }

  @Test
  void whatIsDoneIsFoundByWhenItHappenedAndForgotten() {
    Instant from = Instant.parse("2026-03-01T00:00:00Z");
    Instant to = from.plusSeconds(60);
    handled("before", "user.signed_up", from.minusMillis(1));
    handled("first", "user.signed_up", from);
    handled("last", "email.sent", to.minusMillis(1));
    handled("after", "user.signed_up", to);
    assertTrue(claims.markDone(id, mine()), "a claim that does not say which event it is of");
    assertEquals(
        List.of(new EventId("first"), new EventId("last")), claims.findHandled(from, to, Set.of()));
    assertEquals(List.of(new EventId("last")), claims.findHandled(from, to, Set.of("email.sent")));
    assertTrue(claims.forget(new EventId("first")));
    assertInstanceOf(Claim.Mine.class, claims.take(new EventId("first"), LEASE));
    assertEquals(List.of(new EventId("last")), claims.findHandled(from, to, Set.of()));
  }

  @Test
  void whatIsUnderWayIsNotForgotten() {
    String owner = mine();
    assertFalse(claims.forget(id));
    assertTrue(claims.markDone(id, owner));
    assertFalse(claims.forget(new EventId("never-heard-of")));
  }

  @Test
  void theRowHasWhatDynamoDbsTtlNeeds() {
    String owner = mine();
    var row = tables.row(LocalTables.CLAIMS, "welcome-agent", "event_id", "e-1");
    assertEquals(
        "IN_PROGRESS",
        String.valueOf(Optional.ofNullable(row.get("status")).map(v -> v.s()).orElse("")));
    assertEquals(owner, Optional.ofNullable(row.get("owner")).map(v -> v.s()).orElse(""));
    assertEquals(
        Long.toString(clock.instant().plus(Duration.ofDays(46)).getEpochSecond()),
        Optional.ofNullable(row.get("expires_at")).map(v -> v.n()).orElse(""),
        "seconds, not milliseconds");
  }
}

package agentpost.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.AgentName;
import agentpost.event.EventId;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.Claims.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

class ClaimsTest {
  private static final Duration LEASE = Duration.ofSeconds(20);
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final Claims claims = new Claims(tables.client(), LocalTables.CLAIMS, new AgentName("welcome-agent"), clock);
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
    assertFalse(claims.done(id, first));
    claims.release(id, first);
    assertInstanceOf(Claim.Held.class, claims.take(id, LEASE), "who lost the claim cannot give it away");
    assertTrue(claims.done(id, second));
    assertEquals(new Claim.Done(), claims.take(id, LEASE));
  }

  @Test
  void whatIsDoneStaysDoneForThirtyDaysEvenIfTtlHasNotDeletedIt() {
    assertTrue(claims.done(id, mine()));
    clock.move(Claims.KEPT);
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
    Claims other = new Claims(tables.client(), LocalTables.CLAIMS, new AgentName("trial-monitor"), clock);
    assertInstanceOf(Claim.Mine.class, other.take(id, LEASE));
  }

  @Test
  void aTableThatIsDownOrThrottledIsUnavailableAndWorksAgainLater() {
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertEquals(new Claim.Unavailable("SdkClientException"), claims.take(id, LEASE));
    tables.failBefore(_ -> Optional.of(ProvisionedThroughputExceededException.builder().message("slow down").build()));
    assertEquals(new Claim.Unavailable("ProvisionedThroughputExceededException"), claims.take(id, LEASE));
    tables.works();
    String owner = mine();
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertFalse(claims.done(id, owner));
    claims.release(id, owner);
    tables.works();
    assertInstanceOf(Claim.Held.class, claims.take(id, LEASE), "a release that failed leaves the lease to run out");
  }

  @Test
  void aWriteWhoseAnswerWasLostIsOursWhenTheSdkWritesItAgain() {
    tables.repeatPutItem();
    String owner = mine();
    assertTrue(claims.done(id, owner));
    assertTrue(claims.done(id, owner), "marking it done again, as the SDK does when the answer is lost, is no failure");
  }

  @Test
  void theRowHasWhatDynamoDbsTtlNeeds() {
    String owner = mine();
    var row = tables.row(LocalTables.CLAIMS, "welcome-agent", "event_id", "e-1");
    assertEquals("IN_PROGRESS", String.valueOf(Optional.ofNullable(row.get("status")).map(v -> v.s()).orElse("")));
    assertEquals(owner, Optional.ofNullable(row.get("owner")).map(v -> v.s()).orElse(""));
    assertEquals(
        Long.toString(clock.instant().plus(Duration.ofDays(30)).getEpochSecond()),
        Optional.ofNullable(row.get("expires_at")).map(v -> v.n()).orElse(""),
        "seconds, not milliseconds");
  }
}

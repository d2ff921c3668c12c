package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.catalog.AgentName;
import agentpost.catalog.RecoveryPolicy;
import agentpost.health.CircuitStore;
import agentpost.health.HealthRow;
import agentpost.health.RecoveryState;
import agentpost.health.RecoveryStore;
import agentpost.http.Response;
import agentpost.testing.LocalTables;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class RecoveryTest {
  private static final String SETTINGS =
      "'rate':300,'recovery':{'enabled':true,'initialBackoff':60,'maxBackoff':300}";
  private static final String WITH_BREAKER =
      SETTINGS
          + ",'breaker':{'failureThreshold':2,'windowSize':10,'window':600,'openDuration':30,'maxOpenDuration':600}";

  private final RecoveryTestBed world = new RecoveryTestBed();

  @AfterEach
  void close() {
    world.close();
  }

  private static void late(Letters letters, int howMany) {
    for (int i = 0; i < howMany; i++) {
      letters.add(Letters.body("event-" + i, "user.signed_up"), "TIMEOUT");
    }
  }

  private static void refused(Letters letters, String id) {
    letters.add(
        Letters.body(id, "user.signed_up"),
        Map.of(
            "ERROR_CODE",
            "ERROR_FROM_TARGET",
            "ERROR_MESSAGE",
            "The endpoint answered 422: {\"status\":422}",
            "RETRY_ATTEMPTS",
            "0"));
  }

  private List<Duration> gaps() {
    return IntStream.range(1, world.asked.size())
        .mapToObj(i -> Duration.between(world.asked.get(i - 1).at(), world.asked.get(i).at()))
        .toList();
  }

  @Test
  void whatHasPassedGoesOutByItselfAndEachOnce() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 30);
    world.run();
    assertThat(letters.all()).isEmpty();
    assertThat(world.askedFor()).hasSize(30).doesNotHaveDuplicates();
    assertThat(world.published()).as("nobody knew of an outage").isEmpty();
  }

  @Test
  void aDrainBeginsWithOneASecondAndDoubles() throws InterruptedException {
    late(world.agent("crm-sync", SETTINGS), 60);
    world.run();
    List<Duration> gaps = gaps();
    assertThat(gaps.subList(0, 5)).containsOnly(Duration.ofSeconds(1));
    assertThat(gaps.subList(5, 15)).containsOnly(Duration.ofMillis(500));
    assertThat(gaps.subList(15, 35)).containsOnly(Duration.ofMillis(250));
  }

  @Test
  void aDrainKeepsToTheAgentsRate() throws InterruptedException {
    late(world.agent("crm-sync", SETTINGS.replace("'rate':300", "'rate':2")), 60);
    world.run();
    assertThat(gaps().subList(5, gaps().size())).containsOnly(Duration.ofMillis(500));
  }

  @Test
  void whatOneRunDoesNotFinishTheNextGoesOnWithAtTheSameRate() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS.replace("'rate':300", "'rate':4"));
    late(letters, 200);
    world.run();
    int first = world.asked.size();
    assertThat(letters.all()).isNotEmpty();
    world.clock.move(Duration.ofSeconds(25));
    world.run();
    assertThat(gaps().get(first)).isEqualTo(Duration.ofMillis(250));
    assertThat(world.askedFor()).doesNotHaveDuplicates();
  }

  @Test
  void aProbeThatFailsIsTheOnlyOneAndTheWaitDoublesUpToTheLongest() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 30);
    world.answers("crm-sync", 500);
    Instant start = world.clock.instant();
    world.run(Duration.ofMinutes(20));
    List<Long> minutes =
        world.asked.stream().map(one -> Duration.between(start, one.at()).toMinutes()).toList();
    assertThat(minutes).containsExactly(0L, 1L, 3L, 7L, 12L, 17L);
    assertThat(letters.visible()).hasSize(30);
  }

  @Test
  void theFirstFailureEndsADrainAndTheNextMinuteTriesAgain() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 30);
    world.answers("crm-sync", _ -> Response.json(world.asked.size() <= 3 ? 200 : 502, "{}"));
    world.run();
    assertThat(world.asked).hasSize(4);
    assertThat(letters.visible()).hasSize(27);
    world.clock.move(Duration.ofSeconds(60));
    world.run();
    assertThat(world.asked).hasSize(5);
  }

  @Test
  void whatWasRefusedForGoodIsNeverSentAndIsMeasured() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    refused(letters, "refused-1");
    letters.add(Letters.body("refused-2", "user.signed_up"), "NO_PERMISSIONS");
    letters.add("not json", "TIMEOUT");
    late(letters, 2);
    world.run(Duration.ofHours(1));
    assertThat(world.askedFor()).containsExactlyInAnyOrder("event-0", "event-1");
    assertThat(letters.visible()).hasSize(3);
    assertThat(world.measured())
        .isEqualTo(
            "\"Bus\":\"agentpost\",\"Agent\":\"crm-sync\",\"DlqNotDraining\":3,\"CircuitOpen\":0}");
  }

  @Test
  void attemptsUnderWayAreMeasuredOnceTheyAreHalfOfTheBound() throws InterruptedException {
    world.agent("crm-sync", SETTINGS + ",'inFlight':4");
    CircuitStore circuits = new CircuitStore(world.table(), () -> 0.3);
    AgentName agent = new AgentName("crm-sync");
    Instant now = world.clock.instant();
    circuits.enter(agent, 4, false, now, now, Duration.ofMinutes(2));
    world.run();
    assertThat(world.measured()).isEmpty();
    circuits.enter(agent, 4, false, now, now, Duration.ofMinutes(2));
    world.run();
    assertThat(world.measured())
        .isEqualTo(
            "\"Bus\":\"agentpost\",\"Agent\":\"crm-sync\",\"DlqNotDraining\":0,"
                + "\"CircuitOpen\":0,\"InFlight\":2}");
  }

  @Test
  void anAgentThatAnswersLateIsMeasured() throws InterruptedException {
    late(world.agent("crm-sync", WITH_BREAKER), 4);
    world.answers(
        "crm-sync",
        _ -> {
          world.clock.move(Duration.ofSeconds(3));
          return Response.json(200, "{}");
        });
    world.run();
    assertThat(world.measured()).contains("\"AgentSlow\":1");
  }

  @Test
  void whatTheAgentRefusesWhenItIsSentIsNotSentAgainAndTheOthersAre() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 10);
    world.answers(
        "crm-sync",
        request ->
            Response.json(
                request.header("webhook-id").orElse("").endsWith("-3") ? 422 : 200, "{}"));
    world.run(Duration.ofHours(1));
    assertThat(world.askedFor()).hasSize(10).doesNotHaveDuplicates();
    assertThat(letters.all()).containsExactly("event-3");
    assertThat(world.measured()).contains("\"DlqNotDraining\":1");
  }

  /** RFC 9110, 15.5.9, 15.5.14, 15.5.20; RFC 8470, 5.2: the same list as the relay's. */
  @ParameterizedTest
  @ValueSource(ints = {408, 413, 421, 425})
  void whatTheAgentWillTakeLaterByItsOwnAnswerIsSentAgain(int status) throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 1);
    world.answers("crm-sync", _ -> Response.json(status, "{}").retryAfter(Duration.ofSeconds(5)));
    world.run();
    assertThat(letters.all()).containsExactly("event-0");
    world.answers("crm-sync", 200);
    world.run(Duration.ofMinutes(10));
    assertThat(letters.all()).isEmpty();
  }

  @Test
  void withNothingToSendItLooksLessAndLessUntilThereIsMore() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    refused(letters, "refused-1");
    world.run(Duration.ofMinutes(10));
    late(letters, 1);
    world.run();
    assertThat(letters.all()).containsExactly("refused-1");
    assertThat(world.log.stream().filter(line -> line.contains("\"message\":\"recovery\"")))
        .hasSizeLessThan(9);
  }

  @Test
  void withoutRecoveryLettersWaitForAPersonAndAreAllMeasured() throws InterruptedException {
    Letters letters =
        world.agent(
            "crm-sync",
            "'rate':300,'recovery':{'enabled':false,'initialBackoff':60,'maxBackoff':300}");
    late(letters, 3);
    world.run();
    assertThat(world.asked).isEmpty();
    assertThat(world.measured()).contains("\"DlqNotDraining\":3");
  }

  @Test
  void anAgentThatAsksForLessIsLeftAloneAndIsNotUnhealthy() throws InterruptedException {
    late(world.agent("crm-sync", SETTINGS), 10);
    world.answers("crm-sync", 429);
    world.run();
    assertThat(world.asked).hasSize(1);
    assertThat(world.published()).isEmpty();
  }

  @Test
  void twoRunsAtOnceMakeOneProbe() throws InterruptedException {
    late(world.agent("crm-sync", SETTINGS), 10);
    List<Integer> before = new ArrayList<>();
    world.answers(
        "crm-sync",
        _ -> {
          try {
            before.add(world.asked.size());
            world.run();
            before.add(world.asked.size());
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return Response.json(500, "{}");
        });
    world.run();
    assertThat(before).containsExactly(1, 1);
  }

  @Test
  void aRunThatReadTheRowBeforeAnotherHadItsTurnHasNone() {
    AgentName agent = new AgentName("crm-sync");
    RecoveryStore recoveries = world.recoveries();
    RecoveryState read = RecoveryState.of(HealthRow.EMPTY);
    Instant lease = recoveries.begin(agent, read).orElseThrow();
    assertThat(recoveries.begin(agent, read)).as("while it has it in hand").isEmpty();
    recoveries.recordCleared(
        new RecoveryStore.LeasedRecovery(
            agent,
            lease,
            read,
            new RecoveryPolicy(Duration.ofMinutes(1), Duration.ofMinutes(5)),
            Set.of(),
            false),
        0,
        0);
    assertThat(recoveries.begin(agent, read)).as("after it").isEmpty();
    assertThat(
            recoveries.begin(
                agent, RecoveryState.of(new HealthRow(world.tables.health("crm-sync")))))
        .as("by what is so now")
        .isPresent();
  }

  @Test
  void aPersonsRedriveAtTheSameTimeGetsOtherLetters() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 30);
    world.answers(
        "crm-sync",
        _ -> {
          try {
            if (world.asked.size() == 1) {
              world.redrive("crm-sync");
            }
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return Response.json(200, "{}");
        });
    world.run();
    assertThat(letters.all()).isEmpty();
    assertThat(world.askedFor()).hasSize(30).doesNotHaveDuplicates();
  }

  @Test
  void aSlowAgentDoesNotStarveAnother() throws InterruptedException {
    Letters slow = world.agent("a-slow-agent", SETTINGS);
    Letters quick = world.agent("quick-agent", SETTINGS);
    late(slow, 100);
    late(quick, 3);
    world.answers(
        "a-slow-agent",
        _ -> {
          world.clock.move(Duration.ofMillis(4400));
          return Response.json(200, "{}");
        });
    Instant end = world.clock.instant().plusSeconds(35);
    world.recovery(1).run(Duration.ofSeconds(35), _ -> world.clock.instant().isBefore(end));
    assertThat(quick.all()).isEmpty();
    assertThat(slow.all()).hasSizeBetween(90, 97);
  }

  /** The one ran out of time and is due at once; the other failed and was due a minute later. */
  @Test
  void whoWaitedLongestIsFirst() throws InterruptedException {
    late(world.agent("a-agent", SETTINGS), 1);
    late(world.agent("b-agent", SETTINGS), 100);
    world.answers("a-agent", 500);
    world.recovery(1).run(Duration.ofSeconds(20), _ -> true);
    world.clock.move(Duration.ofMinutes(5));
    world.asked.clear();
    world.recovery(1).run(Duration.ofSeconds(20), _ -> true);
    assertThat(world.asked.getFirst().agent()).isEqualTo("b-agent");
    assertThat(world.asked.getLast().agent()).isEqualTo("a-agent");
  }

  @Test
  void anAgentWhoseSecretCannotBeUsedHoldsUpNoOther() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 1);
    late(world.agent("a-agent", SETTINGS), 1);
    world.secrets.with("agentpost/agents/a-agent", "no secret");
    world.run();
    assertThat(letters.all()).isEmpty();
    assertThat(world.askedFor()).hasSize(1);
  }

  @Test
  void anOpenCircuitIsNotProbedBeforeItsTimeAndAProbeOfALetterClosesIt()
      throws InterruptedException {
    Letters letters = world.agent("crm-sync", WITH_BREAKER);
    late(letters, 30);
    world.answers("crm-sync", 500);
    world.run(Duration.ofMinutes(12));
    assertThat(world.tables.health("crm-sync")).containsKey("open_until");
    world.answers("crm-sync", 200);
    world.run(Duration.ofMinutes(10));
    assertThat(world.tables.health("crm-sync")).doesNotContainKey("open_until");
    assertThat(letters.all()).isEmpty();
  }

  @Test
  void anOutageIsAnnouncedOnceAndEndedOnceWhenNothingIsLeft() throws InterruptedException {
    Letters letters = world.agent("crm-sync", WITH_BREAKER);
    late(letters, 30);
    world.answers("crm-sync", 500);
    world.run(Duration.ofMinutes(8));
    assertThat(world.published()).containsExactly("agent.unhealthy");
    world.answers("crm-sync", 200);
    world.run(Duration.ofMinutes(20));
    assertThat(letters.all()).isEmpty();
    assertThat(world.published()).containsExactly("agent.unhealthy", "agent.recovered");
    assertThat(world.tables.health("crm-sync"))
        .doesNotContainKeys(
            "outage_since", "announced_at", "ended_at", "refused_ids", "recovery_due");
  }

  @Test
  void theCircuitThatClosedMakesALongWaitShort() throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 1);
    world.answers("crm-sync", 500);
    world.run(Duration.ofMinutes(8));
    assertThat(letters.all()).isNotEmpty();
    world.answers("crm-sync", 200);
    world.run();
    assertThat(letters.all()).as("not due").isNotEmpty();
    world
        .tables
        .client()
        .updateItem(
            update ->
                update
                    .tableName(LocalTables.HEALTH)
                    .key(Map.of("agent", AttributeValue.fromS("crm-sync")))
                    .updateExpression("SET closed_at = :now")
                    .conditionExpression("attribute_exists(recovery_due)")
                    .expressionAttributeValues(
                        Map.of(
                            ":now",
                            AttributeValue.fromN(
                                Long.toString(world.clock.instant().toEpochMilli())))));
    world.run();
    assertThat(letters.all()).isEmpty();
  }

  /**
   * The function dies before each of its steps in turn: every letter is at the agent or in the
   * queue, and once the lease and the letters' hiding are over, a later run ends it.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aCrashBetweenAnyTwoStepsLosesNothing(int stepsDone) throws InterruptedException {
    Letters letters = world.agent("crm-sync", SETTINGS);
    late(letters, 3);
    world.steps.only(stepsDone);
    Optional<Steps.Crash> crash = Optional.empty();
    try {
      world.run();
    } catch (Steps.Crash e) {
      crash = Optional.of(e);
    }
    assertThat(crash.isPresent() || letters.all().isEmpty()).isTrue();
    assertThat(List.of("event-0", "event-1", "event-2"))
        .allMatch(id -> world.askedFor().contains(id) || letters.all().contains(id));
    world.steps.startAnew();
    world.clock.move(Duration.ofMinutes(2));
    world.run();
    assertThat(letters.all()).isEmpty();
    assertThat(world.asked)
        .as("the one in hand is delivered once more")
        .hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void aFailureOfOursIsNotPassedOver() {
    late(world.agent("crm-sync", SETTINGS), 1);
    world.answers(
        "crm-sync",
        _ -> {
          throw new IllegalStateException("a mistake");
        });
    assertThatThrownBy(world::run).hasMessageContaining("a mistake");
  }
}

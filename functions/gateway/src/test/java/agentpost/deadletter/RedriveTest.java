package agentpost.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.catalog.AgentName;
import agentpost.deadletter.Report.StopReason;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.signing.KeySet;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import agentpost.testing.MovableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedriveTest {
  private static final AgentName AGENT = OneAgent.NAME;

  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final Steps steps = new Steps();
  private final Letters letters = new Letters(clock, steps);
  private final OneAgent agent = new OneAgent(clock);

  @BeforeEach
  void everyRequestIsAStep() {
    agent.beforeIsAsked = steps::step;
  }

  private Redrive redrive() {
    return new Redrive(
        _ -> new DeadLetterQueue(letters, "https://sqs/agentpost-crm-sync-dlq"),
        agent.delivery(),
        clock,
        clock::move);
  }

  private Redrive several() {
    return new Redrive(
        _ -> new DeadLetterQueue(letters, "https://sqs/agentpost-crm-sync-dlq"),
        agent.delivery()::deliver,
        clock,
        clock::move,
        Redrive.MAX_IN_FLIGHT);
  }

  private static Redrive.Order order(LetterFilter filters) {
    return new Redrive.Order(AGENT, filters, 300, 1000, false, Set.of());
  }

  private Report run(Redrive.Order order) throws InterruptedException {
    return redrive().run(order, _ -> true);
  }

  @Test
  void aLetterIsDeliveredAsTheRelayDeliversAndIsGone() throws InterruptedException {
    letters.add("event-1");
    Report report = run(order(LetterFilter.ALL));
    assertThat(report.outcomes()).singleElement().isInstanceOf(Report.Outcome.Delivered.class);
    assertThat(report.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(letters.all()).isEmpty();
    Request request = agent.asked.getFirst();
    assertThat(new String(request.body(), UTF_8))
        .isEqualTo(Letters.envelope("event-1", "user.signed_up"));
    assertThat(
            new Verifier(KeySet.of(WebhookSecret.of(OneAgent.SECRET)), clock, Duration.ZERO)
                .verify(request.headers(), request.body()))
        .isInstanceOf(Verification.Accepted.class);
  }

  @Test
  void whileTheAgentIsAskedTheLetterIsStillThere() throws InterruptedException {
    letters.add("event-1");
    List<String> there = new ArrayList<>();
    agent.answers =
        _ -> {
          there.addAll(letters.all());
          return Response.json(200, "{}");
        };
    run(order(LetterFilter.ALL));
    assertThat(there).containsExactly("event-1");
  }

  @Test
  void aRefusalIsReportedInTheAgentsWordsAndTheLetterIsGivenBackAtOnce()
      throws InterruptedException {
    letters.add("event-1");
    agent.answers = _ -> Response.json(422, "{\"detail\":\"no such\n customer\"}");
    Report report = run(order(LetterFilter.ALL));
    assertThat(report.outcomes())
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome).isInstanceOf(Report.Outcome.Refused.class);
              assertThat(outcome.toString())
                  .contains("status=422", "{\"detail\":\"no such customer\"}");
            });
    assertThat(letters.visible()).containsExactly("event-1");
    assertThat(agent.asked).as("tried once in one run").hasSize(1);
  }

  @Test
  void onlyWhatIsMeantIsDelivered() throws InterruptedException {
    letters.add(Letters.body("early", "user.signed_up"), "TIMEOUT");
    clock.move(Duration.ofHours(1));
    Instant since = clock.instant();
    letters.add(Letters.body("wrong-reason", "user.signed_up"), "THROTTLING");
    letters.add(Letters.body("wrong-type", "email.sent"), "TIMEOUT");
    letters.add(Letters.body("wrong-id", "user.signed_up"), "TIMEOUT");
    letters.add(Letters.body("right", "user.signed_up"), "TIMEOUT");
    run(
        order(
            new LetterFilter(
                Set.of("TIMEOUT"),
                Set.of("user.signed_up"),
                Optional.of(since),
                Set.of("right", "early", "wrong-type", "wrong-reason"))));
    assertThat(agent.askedFor()).containsExactly("right");
    assertThat(letters.visible())
        .containsExactly("early", "wrong-reason", "wrong-type", "wrong-id");
  }

  @Test
  void aDryRunSaysWhatItWouldDoAndTouchesNothing() throws InterruptedException {
    letters.add("event-1");
    Report report = run(new Redrive.Order(AGENT, LetterFilter.ALL, 10, 1000, true, Set.of()));
    assertThat(report.outcomes()).singleElement().isInstanceOf(Report.Outcome.WouldDeliver.class);
    assertThat(agent.asked).isEmpty();
    assertThat(letters.visible()).containsExactly("event-1");
  }

  @Test
  void noMoreThanTheMostAreTried() throws InterruptedException {
    for (int i = 0; i < 12; i++) {
      letters.add("event-" + i);
    }
    Report report = run(new Redrive.Order(AGENT, LetterFilter.ALL, 10, 3, false, Set.of()));
    assertThat(report.stopReason()).isEqualTo(StopReason.MAX_REACHED);
    assertThat(agent.asked).hasSize(3);
    assertThat(letters.visible()).hasSize(9);
  }

  @Test
  void theRateIsKept() throws InterruptedException {
    for (int i = 0; i < 11; i++) {
      letters.add("event-" + i);
    }
    Instant start = clock.instant();
    run(new Redrive.Order(AGENT, LetterFilter.ALL, 5, 1000, false, Set.of()));
    assertThat(Duration.between(start, clock.instant())).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void anAgentThatIsDownIsNotAskedOnAndOn() throws InterruptedException {
    for (int i = 0; i < 30; i++) {
      letters.add("event-" + i);
    }
    agent.answers =
        _ -> {
          throw new IOException("connection refused");
        };
    assertThat(run(order(LetterFilter.ALL)).stopReason()).isEqualTo(StopReason.AGENT_FAILING);
    assertThat(agent.asked).hasSize(5);
    assertThat(letters.visible()).hasSize(30);
  }

  /** A batch of ten: one, and when it is taken the other nine. */
  @Test
  void anAgentThatTakesThemGetsSeveralAtATime() throws InterruptedException {
    List<String> ids = IntStream.range(0, 11).mapToObj(i -> "event-" + i).toList();
    ids.forEach(letters::add);
    Set<String> nine = Set.copyOf(ids.subList(1, 10));
    CyclicBarrier together = new CyclicBarrier(9);
    agent.answers = request -> answerTogether(request, nine, together);
    Report report = several().run(order(LetterFilter.ALL), _ -> true);
    assertThat(report.countDelivered()).isEqualTo(11);
    assertThat(report.outcomes())
        .as("in the order of the queue")
        .extracting(outcome -> outcome.letter().eventId())
        .containsExactlyElementsOf(ids);
    assertThat(letters.all()).isEmpty();
  }

  /** What the rate has start in a tenth of a second, and half of what the agent bears. */
  @ParameterizedTest
  @CsvSource({"300, 6, 3", "300, 1, 1", "30, 100, 3"})
  void noMoreAtATimeThanTheRateAndTheAgentsBoundAllow(int rate, int bound, int most)
      throws InterruptedException {
    List<String> ids = IntStream.range(0, 10).mapToObj(i -> "event-" + i).toList();
    ids.forEach(letters::add);
    Set<String> others = Set.copyOf(ids.subList(1, 10));
    CyclicBarrier together = new CyclicBarrier(most);
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger peak = new AtomicInteger();
    agent.answers =
        request -> {
          peak.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          Response answer = answerTogether(request, others, together);
          underWay.decrementAndGet();
          return answer;
        };
    Instant start = clock.instant();
    several()
        .run(
            new Redrive.Order(AGENT, LetterFilter.ALL, rate, 1000, false, Set.of())
                .withInFlight(OptionalInt.of(bound)),
            _ -> true);
    assertThat(letters.all()).isEmpty();
    assertThat(peak).hasValue(most);
    assertThat(Duration.between(start, clock.instant()))
        .isCloseTo(Duration.ofSeconds(10 - most).dividedBy(rate), Duration.ofMillis(1));
  }

  @Test
  void anAgentThatBeginsToFailIsAskedOneByOneAgain() throws InterruptedException {
    List<String> ids = IntStream.range(0, 20).mapToObj(i -> "event-" + i).toList();
    ids.forEach(letters::add);
    agent.answers = request -> Response.json(id(request).equals("event-0") ? 200 : 503, "{}");
    Report report = several().run(order(LetterFilter.ALL), _ -> true);
    assertThat(report.stopReason()).isEqualTo(StopReason.AGENT_FAILING);
    assertThat(agent.asked).as("the group that was under way, and none after it").hasSize(10);
    assertThat(letters.visible()).containsExactlyElementsOf(ids.subList(1, 20));
  }

  /** There is a look at the time for each batch and each group: 1, 9; 1, 9. */
  @Test
  void afterAFailureTheNextIsOneAlone() throws InterruptedException {
    List<String> ids = IntStream.range(0, 20).mapToObj(i -> "event-" + i).toList();
    ids.forEach(letters::add);
    agent.answers = request -> Response.json(id(request).equals("event-9") ? 503 : 200, "{}");
    AtomicInteger looks = new AtomicInteger();
    several().run(order(LetterFilter.ALL), _ -> looks.incrementAndGet() > 0);
    assertThat(looks).hasValue(6);
    assertThat(letters.visible()).containsExactly("event-9");
  }

  /** As one by one, but two are in hand. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void aCrashWhileSeveralAreUnderWayLosesNothing(int stepsDone) throws InterruptedException {
    List<String> ids = List.of("event-0", "event-1", "event-2");
    ids.forEach(letters::add);
    steps.only(stepsDone);
    assertThatThrownBy(() -> several().run(order(LetterFilter.ALL), _ -> true))
        .isInstanceOf(Steps.Crash.class);
    assertThat(ids).allMatch(id -> agent.askedFor().contains(id) || letters.all().contains(id));
    steps.startAnew();
    clock.move(Duration.ofMinutes(2));
    several().run(order(LetterFilter.ALL), _ -> true);
    assertThat(letters.all()).isEmpty();
    assertThat(agent.askedFor()).containsAll(ids).hasSizeLessThanOrEqualTo(5);
  }

  private static String id(Request request) {
    return request.header("webhook-id").orElse("");
  }

  /** These when as many of them are there as the barrier waits for, all others at once. */
  private static Response answerTogether(Request request, Set<String> ids, CyclicBarrier together)
      throws IOException {
    try {
      if (ids.contains(id(request))) {
        together.await(1, TimeUnit.MINUTES);
      }
      return Response.json(200, "{}");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new IOException("alone", e);
    }
  }

  @Test
  void whatHasNoTimeLeftIsDoneByTheNextRunAndNothingIsTriedTwice() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      letters.add("event-" + i);
    }
    agent.answers =
        request ->
            Response.json(
                request.header("webhook-id").orElse("").equals("event-0") ? 422 : 200, "{}");
    Report first = redrive().run(order(LetterFilter.ALL), _ -> agent.asked.size() < 2);
    assertThat(first.stopReason()).isEqualTo(StopReason.OUT_OF_TIME);
    assertThat(first.hasMore()).isTrue();
    Report second =
        run(new Redrive.Order(AGENT, LetterFilter.ALL, 10, 1000, false, Set.of("message-1")));
    assertThat(second.countDelivered()).isEqualTo(2);
    assertThat(agent.askedFor()).containsExactly("event-0", "event-1", "event-2", "event-3");
    assertThat(letters.visible()).containsExactly("event-0");
  }

  @Test
  void aLetterThatIsNoEventIsLeftAndSaidSo() throws InterruptedException {
    letters.add("not json", "INVALID_JSON");
    Report report = run(order(LetterFilter.ALL));
    assertThat(report.outcomes())
        .singleElement()
        .asString()
        .contains("NotAttempted[", "its body is not an EventBridge event");
    assertThat(letters.visible()).hasSize(1);
  }

  @Test
  void whileSecretsCannotBeReadNothingIsDeliveredAndNothingLost() throws InterruptedException {
    letters.add("event-1");
    agent.secrets.down(true);
    assertThat(run(order(LetterFilter.ALL)).outcomes())
        .singleElement()
        .isInstanceOf(Report.Outcome.NotAttempted.class);
    assertThat(agent.asked).isEmpty();
    assertThat(letters.visible()).containsExactly("event-1");
  }

  /**
   * The process dies before each of its steps in turn, which are a receive, three times the agent
   * and a delete, and a receive of nothing: every event is at the agent or in the queue, and the
   * next redrive ends it.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
  void aCrashBetweenAnyTwoStepsLosesNothing(int stepsDone) throws InterruptedException {
    List<String> ids = List.of("event-0", "event-1", "event-2");
    ids.forEach(letters::add);
    steps.only(stepsDone);
    if (stepsDone < 8) {
      assertThatThrownBy(() -> run(order(LetterFilter.ALL))).isInstanceOf(Steps.Crash.class);
    } else {
      run(order(LetterFilter.ALL));
    }
    assertThat(ids).allMatch(id -> agent.askedFor().contains(id) || letters.all().contains(id));
    steps.startAnew();
    clock.move(Duration.ofMinutes(2));
    run(order(LetterFilter.ALL));
    assertThat(letters.all()).isEmpty();
    assertThat(agent.askedFor()).containsAll(ids);
    assertThat(agent.asked)
        .as("the one in hand is delivered once more, no other is")
        .hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void anOrderThatCannotBeKeptIsRefused() {
    assertThatThrownBy(() -> new Redrive.Order(AGENT, LetterFilter.ALL, 0, 1, false, Set.of()))
        .hasMessageContaining("rate must be 1 to 300");
    assertThatThrownBy(() -> new Redrive.Order(AGENT, LetterFilter.ALL, 1, 0, false, Set.of()))
        .hasMessageContaining("max must be 1 or more");
  }
}

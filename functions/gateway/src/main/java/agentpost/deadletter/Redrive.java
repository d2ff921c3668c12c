package agentpost.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.deadletter.Report.Outcome;
import agentpost.deadletter.Report.StopReason;
import agentpost.delivery.DeliveryAttempt;
import agentpost.delivery.SignedDelivery;
import agentpost.http.Response;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Delivers one agent's dead letters again, to that agent alone, as the relay delivers. A letter is
 * deleted after the agent's 2xx and never before: a crash in between delivers it once more, which
 * the agent's claim makes harmless. What is not delivered is given back.
 */
public final class Redrive {
  /**
   * Longer than a function runs, so that in one run no letter comes twice and none is in two hands;
   * and no longer, since a run that dies hides what it holds for this time.
   */
  private static final Duration VISIBILITY_TIMEOUT = Duration.ofMinutes(2);

  /** At 4.5 s an attempt, so many time-outs are most of what a run has. */
  private static final int MAX_CONSECUTIVE_FAILURES = 5;

  /** Deliveries of a function that are under way at a time: those of one batch. */
  static final int MAX_IN_FLIGHT = DeadLetterQueue.MAX_BATCH_SIZE;

  /**
   * What starts at a time is what the rate has start in a tenth of a second, about as long as a
   * delivery takes.
   */
  private static final int GROUPS_PER_SECOND = 10;

  private static final int MAX_REASON_LENGTH = 300;

  /** Waits; a test's moves its clock. */
  @FunctionalInterface
  public interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  /**
   * @param rate deliveries a second at most, 1 to 300
   * @param max letters to try at most
   * @param dryRun says what would be delivered and touches nothing
   * @param attempted message ids of letters that an earlier run of the same redrive has tried
   * @param eligible what a letter must meet beside the filters
   * @param maxFailures in a row; so many stop it
   * @param inFlight the agent's own bound, of which half is left to events that are no letters yet
   */
  public record Order(
      AgentName agent,
      LetterFilter filters,
      int rate,
      int max,
      boolean dryRun,
      Set<String> attempted,
      Predicate<DeadLetter> eligible,
      int maxFailures,
      OptionalInt inFlight) {
    /** What a person asks for. */
    public Order(
        AgentName agent,
        LetterFilter filters,
        int rate,
        int max,
        boolean dryRun,
        Set<String> attempted) {
      this(
          agent,
          filters,
          rate,
          max,
          dryRun,
          attempted,
          _ -> true,
          MAX_CONSECUTIVE_FAILURES,
          OptionalInt.empty());
    }

    public Order {
      if (rate < 1 || rate > 300) {
        throw new IllegalArgumentException(
            "rate must be 1 to 300 deliveries a second, got " + rate);
      }
      if (max < 1) {
        throw new IllegalArgumentException("max must be 1 or more, got " + max);
      }
      attempted = Set.copyOf(attempted);
    }

    Order withInFlight(OptionalInt bound) {
      return new Order(agent, filters, rate, max, dryRun, attempted, eligible, maxFailures, bound);
    }

    /** Letters that are delivered at a time while the agent takes them. */
    private int groupSize(int most) {
      int byRate = Math.max(1, rate / GROUPS_PER_SECOND);
      int byAgent = inFlight.isPresent() ? Math.max(1, inFlight.getAsInt() / 2) : most;
      return Math.min(most, Math.min(byRate, byAgent));
    }
  }

  private final Function<AgentName, DeadLetterQueue> queues;
  private final BiFunction<AgentName, byte[], DeliveryAttempt> delivery;
  private final Clock clock;
  private final Pause pause;
  private final int maxInFlight;

  /** One letter after the other. */
  public Redrive(
      Function<AgentName, DeadLetterQueue> queues,
      SignedDelivery delivery,
      Clock clock,
      Pause pause) {
    this(queues, delivery::deliver, clock, pause, 1);
  }

  /**
   * @param delivery the relay's, or one that asks something first
   * @param maxInFlight deliveries at a time to an agent that takes them, 10 at most; each on a
   *     thread of its own if there are several
   */
  Redrive(
      Function<AgentName, DeadLetterQueue> queues,
      BiFunction<AgentName, byte[], DeliveryAttempt> delivery,
      Clock clock,
      Pause pause,
      int maxInFlight) {
    this.queues = queues;
    this.delivery = delivery;
    this.clock = clock;
    this.pause = pause;
    this.maxInFlight = maxInFlight;
  }

  /**
   * @param hasTime whether there is time for another letter when that many have to be given back
   *     afterwards
   */
  public Report run(Order order, IntPredicate hasTime) throws InterruptedException {
    DeadLetterQueue queue = queues.apply(order.agent());
    List<String> held = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    try {
      StopReason stopReason = deliverAll(queue, order, hasTime, held, outcomes);
      return new Report(outcomes, stopReason, held.size());
    } finally {
      queue.giveBack(held);
    }
  }

  private StopReason deliverAll(
      DeadLetterQueue queue,
      Order order,
      IntPredicate hasTime,
      List<String> held,
      List<Outcome> outcomes)
      throws InterruptedException {
    Set<String> seen = new HashSet<>(order.attempted());
    Instant next = clock.instant();
    int failures = 0;
    // An agent that is down is asked one by one.
    int groupSize = 1;
    while (true) {
      List<DeadLetter> received = queue.receive(DeadLetterQueue.MAX_BATCH_SIZE, VISIBILITY_TIMEOUT);
      received.forEach(letter -> held.add(letter.receipt()));
      if (received.isEmpty()) {
        return StopReason.COMPLETED;
      }
      List<DeadLetter> meant =
          received.stream()
              .filter(letter -> order.filters().match(letter) && order.eligible().test(letter))
              .filter(letter -> seen.add(letter.messageId()))
              .toList();
      if (!hasTime.test(held.size())) {
        return StopReason.OUT_OF_TIME;
      }
      for (int from = 0; from < meant.size(); ) {
        if (!hasTime.test(held.size())) {
          return StopReason.OUT_OF_TIME;
        }
        int left = Math.min(order.max() - outcomes.size(), meant.size() - from);
        if (left == 0) {
          return StopReason.MAX_REACHED;
        }
        List<DeadLetter> group = meant.subList(from, from + Math.min(groupSize, left));
        from += group.size();
        if (order.dryRun()) {
          group.forEach(letter -> outcomes.add(new Outcome.WouldDeliver(letter)));
          continue;
        }
        Duration wait = Duration.between(clock.instant(), next);
        if (wait.isPositive()) {
          pause.of(wait);
        }
        next = clock.instant().plus(Duration.ofSeconds(group.size()).dividedBy(order.rate()));
        boolean isFailing = false;
        groupSize = order.groupSize(maxInFlight);
        for (Outcome outcome : redrive(queue, order.agent(), group)) {
          outcomes.add(outcome);
          switch (outcome) {
            case Outcome.Delivered(var letter) -> {
              held.remove(letter.receipt());
              failures = 0;
            }
            case Outcome.Refused(_, var status, _) ->
                failures = TransientFailure.isRefusal(status) ? 0 : failures + 1;
            case Outcome.NotAttempted _, Outcome.WouldDeliver _ -> groupSize = 1;
          }
          isFailing |= failures >= order.maxFailures();
          groupSize = failures > 0 ? 1 : groupSize;
        }
        if (isFailing) {
          return StopReason.AGENT_FAILING;
        }
      }
    }
  }

  private List<Outcome> redrive(DeadLetterQueue queue, AgentName agent, List<DeadLetter> group)
      throws InterruptedException {
    if (group.size() == 1) {
      return List.of(redrive(queue, agent, group.getFirst()));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Outcome>> calls = new ArrayList<>();
      group.forEach(letter -> calls.add(() -> redrive(queue, agent, letter)));
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> call : threads.invokeAll(calls)) {
        outcomes.add(call.get());
      }
      return outcomes;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException("A delivery ended unexpectedly", e);
      }
    }
  }

  private Outcome redrive(DeadLetterQueue queue, AgentName agent, DeadLetter letter) {
    if (letter.envelope().isEmpty()) {
      return new Outcome.NotAttempted(letter, "its body is not an EventBridge event");
    }
    DeliveryAttempt attempt = delivery.apply(agent, letter.envelope().get().getBytes(UTF_8));
    if (attempt.isTaken()) {
      try {
        queue.delete(letter);
        return new Outcome.Delivered(letter);
      } catch (SdkException e) {
        return new Outcome.NotAttempted(
            letter,
            "delivered, but it could not be deleted ("
                + e.getClass().getSimpleName()
                + "); delivering it again is harmless");
      }
    }
    return switch (attempt.outcome()) {
      case ANSWERED, TIMED_OUT, UNREACHABLE, CIRCUIT_OPEN ->
          new Outcome.Refused(
              letter, attempt.toRetriable().status(), excerpt(attempt.toRetriable()));
      case TRY_AGAIN, THROTTLED, AT_LIMIT, UNKNOWN_AGENT, MALFORMED, STOPPED, UNVERIFIED ->
          new Outcome.NotAttempted(letter, reasonNotAsked(attempt.outcome(), agent));
    };
  }

  /**
   * Why the agent was not asked; nothing if it was, or if its circuit is open, which has an answer
   * of its own.
   */
  static String reasonNotAsked(DeliveryAttempt.Outcome outcome, AgentName agent) {
    return switch (outcome) {
      case ANSWERED, TIMED_OUT, UNREACHABLE, CIRCUIT_OPEN -> "";
      case TRY_AGAIN ->
          "the agent's directory entry or secret cannot be read or used; the function's log says"
              + " why";
      case THROTTLED -> "API Gateway or Lambda has no room for its function now";
      case AT_LIMIT -> "as many deliveries to it are under way as its inFlight allows";
      case UNKNOWN_AGENT -> "there is no agent " + agent + " in the directory";
      case MALFORMED -> "its envelope has no usable event_id";
      case STOPPED ->
          "deliveries to it are stopped since it answered 410; ./agentpost agents resume "
              + agent
              + " ends that";
      case UNVERIFIED ->
          "its owner has not answered the challenge that comes before the first event;"
              + " docs/external-agents.md";
    };
  }

  /** The agent's words on one line, cut. */
  static String excerpt(Response response) {
    String text = new String(response.body(), UTF_8).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return text.length() <= MAX_REASON_LENGTH ? text : text.substring(0, MAX_REASON_LENGTH) + "…";
  }
}

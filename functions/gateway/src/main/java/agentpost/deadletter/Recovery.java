package agentpost.deadletter;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.catalog.RecoveryPolicy;
import agentpost.health.Circuit;
import agentpost.health.Consent;
import agentpost.health.HealthRow;
import agentpost.health.HealthTable;
import agentpost.health.OutageAnnouncer;
import agentpost.health.RecoveryState;
import agentpost.health.RecoveryStore;
import agentpost.health.SuspensionAnnouncer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * One run over all agents: who has letters that may go out and is due gets a turn, those that
 * waited longest first, several at a time, each no longer than its share of the run. Then outages
 * are announced and ended, and what letters there are is measured.
 */
final class Recovery {
  /** Turns at a time: what waits is mostly agents that do not answer. */
  static final int MAX_PARALLEL_AGENTS = 20;

  /** What a run needs. */
  record Parts(
      Supplier<Map<AgentName, AgentSettings>> agents,
      Function<AgentName, DeadLetterQueue> queues,
      HealthTable table,
      RecoveryStore recoveries,
      RecoveryTurn turn,
      OutageAnnouncer outages,
      SuspensionAnnouncer stops,
      LetterMetrics metrics,
      Clock clock,
      Clock deadlines,
      Consumer<String> log) {}

  private final Parts parts;
  private final int lanes;

  Recovery(Parts parts, int lanes) {
    this.parts = parts;
    this.lanes = lanes;
  }

  private record AgentSnapshot(AgentName agent, AgentSettings settings, HealthRow row, int depth) {
    RecoveryState state() {
      return RecoveryState.of(row);
    }

    Circuit circuit() {
      return Circuit.of(row);
    }

    /** Whoever redrives by hand is told; here there would be a refusal a letter. */
    boolean isGone() {
      return Consent.of(row).isGone();
    }
  }

  /**
   * @param remaining how long the run may last
   * @param hasTime as a redrive's
   */
  void run(Duration remaining, IntPredicate hasTime) throws InterruptedException {
    Map<AgentName, AgentSettings> agents = parts.agents().get();
    Map<AgentName, Integer> depths = new ConcurrentHashMap<>();
    runEach(
        agents.keySet().stream().toList(),
        agent -> depths.put(agent, parts.queues().apply(agent).depth()));
    List<AgentSnapshot> seen = inspect(agents, depths);
    List<RecoveryTurn.AgentBacklog> due = findDue(seen);
    if (!due.isEmpty()) {
      Duration share = remaining.dividedBy(Math.ceilDiv(due.size(), lanes));
      runEach(due, backlog -> turn(backlog, share, hasTime));
      seen = inspect(agents, depths);
    }
    runEach(seen, this::tend);
  }

  private List<AgentSnapshot> inspect(
      Map<AgentName, AgentSettings> agents, Map<AgentName, Integer> depths) {
    Map<AgentName, HealthRow> rows = parts.table().rows();
    List<AgentSnapshot> seen = new ArrayList<>();
    agents.forEach(
        (agent, settings) -> {
          if (depths.containsKey(agent)) {
            seen.add(
                new AgentSnapshot(
                    agent, settings, rows.getOrDefault(agent, HealthRow.EMPTY), depths.get(agent)));
          }
        });
    return seen;
  }

  private List<RecoveryTurn.AgentBacklog> findDue(List<AgentSnapshot> seen) {
    List<RecoveryTurn.AgentBacklog> due = new ArrayList<>();
    for (AgentSnapshot one : seen) {
      Optional<RecoveryPolicy> recovery = one.settings().recovery();
      if (recovery.isPresent()
          && one.depth() > 0
          && !one.isGone()
          && one.state()
              .isDue(
                  one.circuit(),
                  one.depth(),
                  parts.deadlines().instant(),
                  parts.clock().instant())) {
        due.add(
            new RecoveryTurn.AgentBacklog(
                one.agent(), one.settings(), recovery.get(), one.state(), one.depth()));
      }
    }
    due.sort(Comparator.comparing(backlog -> backlog.state().due().orElse(Instant.EPOCH)));
    return due;
  }

  private void turn(RecoveryTurn.AgentBacklog backlog, Duration share, IntPredicate hasTime)
      throws InterruptedException {
    Instant end = parts.clock().instant().plus(share);
    parts.turn().run(backlog, held -> parts.clock().instant().isBefore(end) && hasTime.test(held));
  }

  private void tend(AgentSnapshot one) {
    RecoveryState state = one.state();
    if (one.depth() == 0 && !state.isNothing()) {
      parts.recoveries().forget(one.agent());
    }
    boolean nothingWaits =
        one.depth() == 0 || state.lookedDepth().isPresent() || one.settings().recovery().isEmpty();
    parts.outages().tend(one.agent(), one.row(), nothingWaits, parts.deadlines().instant());
    boolean stopped = parts.stops().tend(one.agent(), one.row(), parts.deadlines().instant());
    int stuck =
        one.settings().recovery().isEmpty() ? one.depth() : Math.min(state.stuck(), one.depth());
    parts
        .metrics()
        .measure(
            one.agent(),
            new LetterMetrics.Trouble(
                stuck,
                one.circuit().open().isPresent(),
                stopped,
                one.circuit().isSlow(parts.deadlines().instant()),
                countIfMany(one)));
  }

  private OptionalLong countIfMany(AgentSnapshot one) {
    OptionalInt bound = one.settings().inFlight();
    long inFlight = one.circuit().countInFlight(parts.clock().instant());
    return bound.isPresent() && inFlight * 2 >= bound.getAsInt()
        ? OptionalLong.of(inFlight)
        : OptionalLong.empty();
  }

  @FunctionalInterface
  private interface Work<T> {
    void run(T what) throws InterruptedException;
  }

  /**
   * In lanes. One agent that fails, or whose queue or row does, is logged and holds up no other.
   */
  private <T> void runEach(List<T> all, Work<T> work) throws InterruptedException {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(lanes, Thread.ofVirtual().factory())) {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (T one : all) {
        calls.add(
            () -> {
              try {
                work.run(one);
                return true;
              } catch (SdkException e) {
                parts
                    .log()
                    .accept(
                        JsonNodeFactory.instance
                            .objectNode()
                            .put("message", "not recovered")
                            .put("what", one.toString())
                            .put("reason", e.toString())
                            .toString());
                return false;
              }
            });
      }
      for (Future<Boolean> call : threads.invokeAll(calls)) {
        call.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException("A turn ended unexpectedly", e);
      }
    }
  }
}

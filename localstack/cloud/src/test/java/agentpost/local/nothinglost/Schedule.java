package agentpost.local.nothinglost;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What happens in one run, as far as it is not thrown by the dice on the way.
 *
 * @param puts when each event is put on the bus: a few over half the time, or many within a minute
 * @param recovers how often the recovery runs; a minute as deployed, mostly longer, for what it
 *     costs to look at nothing
 * @param rates until {@code length}; after it all is well
 */
record Schedule(
    long seed,
    Duration length,
    List<AgentPlan> agents,
    List<Duration> puts,
    List<Action> actions,
    Duration recovers,
    Rates rates) {
  /** What the ids of events begin with that have no cause. */
  static final String ROOT = "event-";

  static final String SIGN_UP = "user.signed_up";
  static final String ANSWER = "email.sent";
  private static final List<AgentMode> MODES = List.of(AgentMode.values());

  /**
   * @param until it ends
   */
  record Phase(Duration until, AgentMode mode) {}

  /**
   * @param subscribes event types
   * @param refusal of ten events, how many are refused for good
   */
  record AgentPlan(
      String name,
      boolean hosted,
      List<String> subscribes,
      int retries,
      int oldestSeconds,
      int rate,
      int refusal,
      boolean breaker,
      boolean recovery,
      List<Phase> phases) {
    AgentMode at(Duration time) {
      return phases.stream()
          .filter(phase -> time.compareTo(phase.until()) < 0)
          .findFirst()
          .map(Phase::mode)
          .orElse(AgentMode.UP);
    }
  }

  /** What someone does at some time. */
  sealed interface Action {
    Duration at();

    record Redrive(
        Duration at, String agent, int rate, int most, boolean onlyTimeOuts, boolean dryRun)
        implements Action {}

    /**
     * Someone looks through the queue, thinks, and discards some of what is there: of ten letters
     * so many.
     */
    record Discard(Duration at, String agent, int ofTen, Duration thinking) implements Action {}

    record Look(Duration at, String agent, Duration reading) implements Action {}

    /** A stranger sends the agent an event with a signature that is none. */
    record Forge(Duration at, String agent, int event) implements Action {}
  }

  static Schedule of(long seed) {
    SplittableRandom dice = new SplittableRandom(seed);
    Duration length = Duration.ofMinutes(dice.nextInt(6 * 60, 40 * 60));
    boolean isMany = dice.nextInt(12) == 0;
    List<AgentPlan> agents = new ArrayList<>();
    int hosted = dice.nextInt(1, 4);
    for (int i = 0; i < hosted; i++) {
      boolean hearsAnswers = i > 0 && dice.nextBoolean();
      agents.add(
          agent(
              List.of("alpha", "bravo", "charlie").get(i),
              true,
              hearsAnswers ? List.of(ANSWER) : List.of(SIGN_UP),
              length,
              isMany,
              dice));
    }
    if (dice.nextInt(3) == 0) {
      agents.add(agent("outside", false, List.of(SIGN_UP), length, isMany, dice));
    }
    List<Duration> puts = new ArrayList<>();
    int events = isMany ? dice.nextInt(12, 25) : dice.nextInt(2, 6);
    Duration burst = time(length.dividedBy(2), dice);
    for (int i = 0; i < events; i++) {
      puts.add(isMany ? burst.plusMillis(dice.nextInt(60_000)) : time(length.dividedBy(2), dice));
    }
    List<Action> actions = new ArrayList<>();
    for (AgentPlan agent : agents) {
      actions.addAll(actions(agent.name(), length, events, dice));
    }
    Rates rates =
        new Rates(
            one(dice, 0, 0.01, 0.03, 0.1),
            one(dice, 0, 0.01, 0.04, 0.1),
            one(dice, 0, 0.01, 0.05, 0.1),
            one(dice, 0, 0.02, 0.1, 0.3));
    Duration recovers = Duration.ofMinutes(dice.nextInt(12) == 0 ? 1 : 20);
    return new Schedule(seed, length, agents, puts, actions, recovers, rates);
  }

  /**
   * @param impatient whether it is to have many letters soon
   */
  private static AgentPlan agent(
      String name,
      boolean hosted,
      List<String> subscribes,
      Duration length,
      boolean impatient,
      SplittableRandom dice) {
    // Slow and with many letters, so that redrives run out of time.
    AgentMode usual = impatient ? AgentMode.SLOW : AgentMode.UP;
    List<Phase> phases = new ArrayList<>();
    Duration end = Duration.ZERO;
    while (end.compareTo(length) < 0) {
      // From twenty seconds to nine hours, as many short ones as long ones.
      end = end.plusSeconds((long) (20 * Math.exp(dice.nextDouble() * 7.4)));
      phases.add(
          new Phase(end, dice.nextInt(10) < 4 ? usual : MODES.get(dice.nextInt(MODES.size()))));
    }
    int policy = impatient ? 4 : dice.nextInt(5);
    int retries = List.of(185, 185, 30, 8, 2).get(policy);
    int oldest = List.of(86_400, 7_200, 86_400, 3_600, 600).get(policy);
    return new AgentPlan(
        name,
        hosted,
        subscribes,
        retries,
        oldest,
        dice.nextInt(4) == 0 ? 1 : 300,
        dice.nextInt(3) == 0 ? 3 : 0,
        dice.nextBoolean(),
        dice.nextBoolean(),
        phases);
  }

  private static List<Action> actions(
      String agent, Duration length, int events, SplittableRandom dice) {
    List<Action> actions = new ArrayList<>();
    int redrives = dice.nextInt(6) + (events > 10 ? 4 : 0);
    for (int i = 0; i < redrives; i++) {
      Duration at = time(length, dice);
      actions.add(redrive(at, agent, dice));
      if (dice.nextInt(3) == 0) {
        actions.add(redrive(at.plusMillis(dice.nextInt(20_000)), agent, dice));
      }
      if (dice.nextInt(6) == 0) {
        actions.add(
            new Action.Look(
                at.plusMillis(dice.nextInt(20_000)),
                agent,
                Duration.ofSeconds(dice.nextInt(1, 150))));
      }
      if (dice.nextInt(8) == 0) {
        actions.add(discard(at.minusMillis(dice.nextInt(20_000)), agent, dice));
      }
    }
    if (dice.nextInt(4) == 0) {
      actions.add(discard(time(length, dice), agent, dice));
    }
    int forgeries = dice.nextInt(4);
    for (int i = 0; i < forgeries; i++) {
      actions.add(new Action.Forge(time(length.dividedBy(2), dice), agent, dice.nextInt(events)));
    }
    return actions;
  }

  private static Action redrive(Duration at, String agent, SplittableRandom dice) {
    return new Action.Redrive(
        at,
        agent,
        List.of(300, 10, 1, 1).get(dice.nextInt(4)),
        dice.nextInt(3) == 0 ? 2 : 1000,
        dice.nextInt(6) == 0,
        dice.nextInt(10) == 0);
  }

  private static Action discard(Duration at, String agent, SplittableRandom dice) {
    return new Action.Discard(
        at.isNegative() ? Duration.ZERO : at,
        agent,
        dice.nextInt(1, 8),
        Duration.ofSeconds(dice.nextInt(1, 200)));
  }

  private static Duration time(Duration before, SplittableRandom dice) {
    return Duration.ofMillis(dice.nextLong(before.toMillis()));
  }

  private static double one(SplittableRandom dice, double... of) {
    return of[dice.nextInt(of.length)];
  }

  AgentPlan agent(String name) {
    return agents.stream().filter(agent -> agent.name().equals(name)).findFirst().orElseThrow();
  }

  /** Whatever becomes of the agent, this event it does not take. */
  boolean isRefusedForGood(String agent, String eventId) {
    return new SplittableRandom(seed * 31 + (agent + eventId).hashCode()).nextInt(10)
        < agent(agent).refusal();
  }
}

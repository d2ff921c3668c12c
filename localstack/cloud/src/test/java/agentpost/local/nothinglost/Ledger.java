package agentpost.local.nothinglost;

import agentpost.local.nothinglost.Journal.Wrong;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * What has become of every event at every agent, kept by what is seen from outside: what
 * EventBridge took and gave up, what lies in queues, what agents did and what came onto the bus.
 * What must hold in between is looked at whenever a delivery or a letter ends, since nothing can be
 * lost at any other moment.
 */
final class Ledger {
  /**
   * Where an event is, for one agent; the first that is true, since a copy may still be under way
   * or lie in the queue when the event has been acted on.
   */
  enum Place {
    ACTED_ON,
    IN_RETRY,
    IN_QUEUE,
    DISCARDED,
    NOWHERE
  }

  /** One run of an agent's own code on one event. */
  static final class Act {
    private final Program process;
    private boolean over;
    private boolean givenUp;

    private Act(Program process) {
      this.process = process;
    }

    /** The agent is through, and says that it has acted. */
    void ends() {
      over = true;
    }

    /** The agent is through and has not acted: it failed, asks for another attempt, or refuses. */
    void givesUp() {
      over = true;
      givenUp = true;
    }

    private boolean goesOn() {
      return !over && !process.isDead();
    }

    /** It ended well and so did all that came after it, so that no other may follow. */
    private boolean stands() {
      return over && !givenUp && !process.isDead() && !process.isDisturbed();
    }
  }

  /** One event at one agent. */
  static final class Pair {
    final String agent;
    final String eventId;
    private final boolean isHosted;
    private final boolean hasAnswer;
    private final List<Act> acts = new ArrayList<>();
    private final Set<String> answers = new LinkedHashSet<>();
    private int copies;
    private int inRetry;
    private int effects;
    private boolean discarded;

    private Pair(String agent, String eventId, boolean isHosted, boolean hasAnswer) {
      this.agent = agent;
      this.eventId = eventId;
      this.isHosted = isHosted;
      this.hasAnswer = hasAnswer;
    }

    private boolean isActedOn() {
      return effects > 0 && (!hasAnswer || !answers.isEmpty());
    }

    boolean isHosted() {
      return isHosted;
    }

    /** A letter of it was, which says nothing of other copies. */
    boolean isDiscarded() {
      return discarded;
    }

    @Override
    public String toString() {
      return eventId + " at " + agent;
    }
  }

  private final Simulation simulation;
  private final ToIntFunction<Pair> letters;
  private final Predicate<Pair> isMarkedDone;
  private final Predicate<String> isHosted;
  private final Map<String, Pair> pairs = new LinkedHashMap<>();

  /**
   * @param letters that lie in the agent's queue
   * @param isMarkedDone by the agent's claim
   * @param isHosted whether an agent of this name is
   */
  Ledger(
      Simulation simulation,
      ToIntFunction<Pair> letters,
      Predicate<Pair> isMarkedDone,
      Predicate<String> isHosted) {
    this.simulation = simulation;
    this.letters = letters;
    this.isMarkedDone = isMarkedDone;
    this.isHosted = isHosted;
  }

  Collection<Pair> pairs() {
    return pairs.values();
  }

  /** Agents answer events that have no cause, with one event each. */
  Pair pair(String agent, String eventId) {
    boolean answers = isHosted.test(agent) && eventId.startsWith(Schedule.ROOT);
    return pairs.computeIfAbsent(
        agent + "/" + eventId, _ -> new Pair(agent, eventId, isHosted.test(agent), answers));
  }

  void accepted(String eventId, List<String> agents) {
    agents.forEach(
        agent -> {
          Pair pair = pair(agent, eventId);
          pair.copies++;
          pair.inRetry++;
        });
  }

  /**
   * @param source an agent's name, or what else publishes
   */
  void answered(String source, String cause, String answerId) {
    if (!isHosted.test(source)) {
      return;
    }
    Pair pair = pair(source, cause);
    pair.answers.add(answerId);
    if (pair.answers.size() > 1) {
      simulation.violated(
          Wrong.MULTIPLIED, pair + " is answered under several ids: " + pair.answers);
    }
  }

  /** EventBridge has its 2xx. */
  void taken(String agent, String eventId) {
    Pair pair = pair(agent, eventId);
    pair.inRetry--;
    gone(pair);
  }

  void deadLettered(String agent, String eventId) {
    Pair pair = pair(agent, eventId);
    pair.inRetry--;
    int there = pair.inRetry + letters.applyAsInt(pair);
    if (there > pair.copies) {
      simulation.violated(
          Wrong.MULTIPLIED,
          pair + " is there " + there + " times, and EventBridge had it " + pair.copies + " times");
    }
    gone(pair);
  }

  void deleted(String agent, String eventId, boolean onPurpose) {
    Pair pair = pair(agent, eventId);
    pair.discarded |= onPurpose;
    gone(pair);
  }

  private void gone(Pair pair) {
    if (place(pair) == Place.NOWHERE) {
      boolean halfDone = pair.effects > 0;
      simulation.violated(
          halfDone ? Wrong.ANSWER_LOST : Wrong.LOST,
          pair
              + (halfDone
                  ? " was acted on, its answer is not on the bus, and nobody tries again"
                  : " is neither acted on nor in retry, in the queue or discarded"));
    }
  }

  Place place(Pair pair) {
    return pair.isActedOn()
        ? Place.ACTED_ON
        : pair.inRetry > 0
            ? Place.IN_RETRY
            : letters.applyAsInt(pair) > 0
                ? Place.IN_QUEUE
                : pair.discarded ? Place.DISCARDED : Place.NOWHERE;
  }

  /**
   * An agent's own code begins. At a hosted agent that may happen again when the act before it
   * died, gave up, or could not be published or marked done because a store did not answer; and at
   * no other time.
   */
  Act begins(String agent, String eventId, Program process) {
    Pair pair = pair(agent, eventId);
    if (process.isForged()) {
      simulation.violated(
          Wrong.FORGED, pair + " is acted on because of a request that nobody signed");
    }
    if (pair.isHosted) {
      if (pair.acts.stream().anyMatch(Act::goesOn)) {
        simulation.violated(Wrong.ACTED_TWICE, pair + " is acted on while another act goes on");
      }
      if (pair.acts.stream().anyMatch(Act::stands) || isMarkedDone.test(pair)) {
        simulation.violated(
            Wrong.ACTED_TWICE, pair + " is acted on again, though nothing had gone wrong");
      }
    }
    if (!pair.acts.isEmpty()) {
      simulation
          .journal()
          .count(
              "act: once more after "
                  + (pair.acts.getLast().process.isDead()
                      ? "a crash"
                      : pair.acts.getLast().givenUp ? "giving up" : "a store's failure"));
    }
    Act act = new Act(process);
    pair.acts.add(act);
    return act;
  }

  void effect(String agent, String eventId) {
    simulation.tell(() -> "*** acts on " + eventId);
    pair(agent, eventId).effects++;
  }
}

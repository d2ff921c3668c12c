package agentpost.local.scheduler;

import agentpost.local.time.InFlightCounter;
import agentpost.local.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Fires schedules when their time comes, also where time runs faster than the wall clock. */
public final class ScheduleRunner {
  /** Of a one-time schedule, by the wall's clock, where time runs faster than that. */
  private static final Duration MIN_WAIT = Duration.ofSeconds(2);

  /**
   * For what began before a one-time schedule's time, by the wall's clock: an attempt may take 5 s,
   * and lead to another one, such as an agent's whose answer is what somebody waits for.
   */
  public static final Duration MAX_HOLD = Duration.ofSeconds(10);

  /** How soon a rate goes on when there is something to do again, by the wall. */
  private static final Duration IDLE_TICK = Duration.ofSeconds(1);

  /** How soon it is looked again whether a function is still at work, by the wall. */
  private static final Duration BUSY_TICK = Duration.ofMillis(100);

  /** The schedules that there are. */
  interface Registry {
    /**
     * @return whether it was done: the schedule was neither deleted nor changed meanwhile
     */
    boolean ifCurrent(Schedule schedule, Runnable action);

    void remove(Schedule schedule);
  }

  private final Timeline timeline;
  private final Invocation.Targets targets;
  private final BooleanSupplier isIdle;
  private final Registry registry;
  private volatile InFlightCounter before = new InFlightCounter();
  private volatile Function<String, BooleanSupplier> looksInVain = _ -> () -> false;
  private volatile Predicate<String> isAtWork = _ -> false;

  /**
   * @param isIdle whether nobody asks for anything and nothing is on its way
   */
  ScheduleRunner(
      Timeline timeline, Invocation.Targets targets, BooleanSupplier isIdle, Registry registry) {
    this.timeline = timeline;
    this.targets = targets;
    this.isIdle = isIdle;
    this.registry = registry;
  }

  /**
   * Lets a rate pass times at which its function would find nothing, where time is set forward.
   *
   * @param looks for a function's ARN, before it is invoked: whether that invocation only read
   */
  public void passesLooksInVain(Function<String, BooleanSupplier> looks) {
    looksInVain = looks;
  }

  /**
   * Has a rate of less than a second, by the wall, pass over its function's times while that is at
   * work: it has the wall's time for what it does, and would be begun by the dozen.
   *
   * @param function whether the function with this ARN is at work
   */
  public void passesOverWhile(Predicate<String> function) {
    isAtWork = function;
  }

  /** What a one-time schedule does not overtake. */
  public void waitsFor(InFlightCounter deliveries) {
    before = deliveries;
  }

  void plan(Schedule schedule) {
    if (schedule.isEnabled()) {
      switch (schedule.timing()) {
        case ScheduleTiming.Once(var at) ->
            runAt(schedule, earliestRun(at), () -> runOnce(schedule, at));
        case ScheduleTiming.Every every ->
            runEvery(schedule, every, every.firstRun(timeline.now()));
      }
    }
  }

  /**
   * Where time runs ahead of the wall's, what was on its way before that time arrives before it, as
   * it does on AWS, where a minute is long: an event that has the schedule called off, or one whose
   * absence would be told.
   */
  private void runOnce(Schedule schedule, Instant at) {
    try {
      if (!timeline.runsAhead(MAX_HOLD).isZero()) {
        before.awaitNone(MAX_HOLD);
      }
      fire(schedule, at, true);
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What a function calls off in the moment after it has planned it must not have gone out: a
   * minute of a time scale of 600 is a tenth of a second.
   */
  private Instant earliestRun(Instant at) {
    Instant soonest = timeline.now().plus(timeline.runsAhead(MIN_WAIT));
    return at.isBefore(soonest) ? soonest : at;
  }

  private void runAt(Schedule schedule, Instant due, Runnable run) {
    schedule.timer().set(timeline.schedule(Duration.between(timeline.now(), due), run));
  }

  private void runEvery(Schedule schedule, ScheduleTiming.Every timing, Instant due) {
    runEvery(schedule, timing, due, Poll.none(timeline.now()));
  }

  /**
   * One run after the other: a time that comes while the target is still at work is passed over.
   */
  private void runEvery(Schedule schedule, ScheduleTiming.Every timing, Instant due, Poll last) {
    if (timing.isOver(due)) {
      runAt(schedule, timeline.now(), () -> complete(schedule));
      return;
    }
    Runnable run =
        () -> {
          boolean isIdle = isSlow(timing);
          Instant idleUntil = last.idleUntil(timeline);
          if (isIdle && timeline.now().isBefore(idleUntil)) {
            passOver(schedule, timing, idleUntil, IDLE_TICK, last);
            return;
          }
          if (isFast(timing) && isAtWork.test(schedule.target().path("Arn").asText())) {
            passOver(schedule, timing, Instant.MAX, BUSY_TICK, last);
            return;
          }
          long passed =
              Math.max(0, Duration.between(due, timeline.now()).dividedBy(timing.period()));
          Instant time =
              last.inVain().getAsBoolean() ? due.plus(timing.period().multipliedBy(passed)) : due;
          Instant next = time.plus(timing.period());
          Poll now =
              last.next(
                  looksInVain.apply(schedule.target().path("Arn").asText()),
                  timeline.now(),
                  isIdle);
          if (fire(schedule, time, timing.isOver(next)) && !timing.isOver(next)) {
            runEvery(
                schedule,
                timing,
                isSlow(timing)
                    ? timeline.now().plus(timeline.runsAhead(IDLE_TICK))
                    : next.isBefore(timeline.now()) ? timeline.now().plus(timing.period()) : next,
                now);
          }
        };
    // One that ends is not passed over at its end.
    Supplier<Duration> longest =
        () -> timing.end().isPresent() ? Duration.ZERO : last.maxPollDelay(timing.period());
    schedule
        .timer()
        .set(timeline.look(Duration.between(timeline.now(), due), timing.period(), longest, run));
  }

  /** Has it look again later whether it is its turn. */
  private void passOver(
      Schedule schedule,
      ScheduleTiming.Every timing,
      Instant latest,
      Duration interval,
      Poll last) {
    Instant tick = timeline.now().plus(timeline.runsAhead(interval));
    registry.ifCurrent(
        schedule, () -> runEvery(schedule, timing, tick.isBefore(latest) ? tick : latest, last));
  }

  private boolean isSlow(ScheduleTiming.Every timing) {
    return isFast(timing) && isIdle.getAsBoolean();
  }

  private boolean isFast(ScheduleTiming.Every timing) {
    return timing.period().compareTo(timeline.runsAhead(Duration.ofSeconds(1))) < 0;
  }

  /**
   * Its last invocation was made (user guide, "Deletion after schedule completion"); without an end
   * there is none.
   */
  private void complete(Schedule schedule) {
    if (schedule.isDeletedAfterCompletion()) {
      registry.remove(schedule);
    }
  }

  /**
   * @return false if it was deleted or changed while its time came
   */
  private boolean fire(Schedule schedule, Instant due, boolean isLast) {
    boolean isCurrent =
        registry.ifCurrent(
            schedule,
            () -> {
              if (isLast) {
                complete(schedule);
              }
            });
    if (isCurrent) {
      new Invocation(timeline, targets, schedule, due).run();
    }
    return isCurrent;
  }
}

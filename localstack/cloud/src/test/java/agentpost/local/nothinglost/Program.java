package agentpost.local.nothinglost;

import agentpost.local.nothinglost.Journal.Wrong;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Something that runs for a while and may die at any of its steps; what is dead takes no further
 * step, whatever its finally blocks say.
 */
final class Program {
  /** The end of a process without a word; nothing of ours catches it. */
  static final class Crash extends Error {
    Crash(String where) {
      super(where, null, false, false);
    }
  }

  private static final int MAX_SKEW_MILLIS = 500;

  private final Simulation simulation;
  private final ProcessKind kind;
  private final String name;
  private final Duration skew;
  private final Thread thread;
  private final List<Runnable> atEnd = new ArrayList<>();
  private volatile Thread waiter;
  private volatile boolean turn;
  private volatile boolean begun;
  private boolean dead;
  private boolean abandoned;
  private boolean disturbed;
  private boolean forged;
  private boolean waiting;
  private long wait;

  Program(Simulation simulation, ProcessKind kind, String name, long number, Runnable work) {
    this.simulation = simulation;
    this.kind = kind;
    this.name = name + " #" + number;
    this.skew = Duration.ofMillis(simulation.dice().nextInt(-MAX_SKEW_MILLIS, MAX_SKEW_MILLIS + 1));
    this.thread = Thread.ofVirtual().unstarted(() -> live(work));
    this.waiter = thread;
  }

  private void live(Runnable work) {
    try {
      if (!dead) {
        work.run();
      }
    } catch (Crash e) {
      dead = true;
    } catch (RuntimeException | Error e) {
      if (!abandoned) {
        simulation.violated(
            Wrong.BROKEN,
            this
                + " ended by "
                + e
                + " at "
                + List.of(e.getStackTrace()).stream().limit(6).toList());
      }
    } finally {
      simulation.ended(this);
      atEnd.forEach(Runnable::run);
      turn = false;
      simulation.turnIsOver();
    }
  }

  ProcessKind kind() {
    return kind;
  }

  Duration skew() {
    return skew;
  }

  /**
   * Whether that thread is the process's own, or one that it waits for; of a recovery, which waits
   * for one at a time, any other is.
   */
  boolean isOn(Thread other) {
    return thread.equals(other) || kind == ProcessKind.RECOVERY;
  }

  boolean isDead() {
    return dead;
  }

  /** Something it asked for failed, so it may not have been able to clean up. */
  boolean isDisturbed() {
    return disturbed;
  }

  void disturb() {
    disturbed = true;
  }

  boolean isForged() {
    return forged;
  }

  /** It is called by someone who has no secret. */
  void forge() {
    forged = true;
  }

  /** Dead or not, it is over. */
  void atEnd(Runnable then) {
    atEnd.add(then);
  }

  void takeTurn() {
    turn = true;
    if (begun) {
      LockSupport.unpark(waiter);
    } else {
      begun = true;
      thread.start();
    }
  }

  boolean hasTurn() {
    return turn;
  }

  /** Time passes for this process. */
  void pause(Duration time) {
    long mine = beginWaiting();
    simulation.at(time, () -> wake(mine));
    waitForTurn();
  }

  /**
   * Until {@link #wake} with this number; a wait that is over already is not woken by a number of
   * old.
   */
  long beginWaiting() {
    dieIfDead();
    waiting = true;
    return ++wait;
  }

  void waitForTurn() {
    waiter = Thread.currentThread();
    turn = false;
    simulation.turnIsOver();
    while (!turn) {
      LockSupport.park(this);
    }
    waiting = false;
    dieIfDead();
  }

  private void dieIfDead() {
    if (dead) {
      throw new Crash("dead");
    }
  }

  void wake(long number) {
    if (waiting && number == wait && simulation.isAlive(this)) {
      simulation.resume(this);
    }
  }

  /** A moment passes, in which the process may die. */
  void moment(String when, String what) {
    pause(simulation.latency());
    if (kind.mayDie && simulation.strikes(simulation.rates().crash())) {
      simulation.journal().count("crash: " + kind + " " + when + " " + what);
      simulation.tell(() -> "dies " + when + " " + what);
      dead = true;
      throw new Crash(when + " " + what);
    }
  }

  /** From outside, as Lambda does at a function's time-out. */
  void kill(String why) {
    if (simulation.isAlive(this) && !dead) {
      simulation.journal().count("killed: " + kind);
      simulation.tell(() -> this + " is stopped: " + why);
      dead = true;
      long mine = wait;
      simulation.at(Duration.ZERO, () -> wake(mine));
    }
  }

  /** The run is over. */
  void abandon() {
    dead = true;
    abandoned = true;
  }

  @Override
  public String toString() {
    return name;
  }
}

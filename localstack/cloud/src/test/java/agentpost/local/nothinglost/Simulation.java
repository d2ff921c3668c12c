package agentpost.local.nothinglost;

import agentpost.local.nothinglost.Journal.Wrong;
import agentpost.local.time.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Virtual time, and processes that take turns in it. Code under test blocks, so each process has a
 * thread; but only one of them runs at any moment, until its next step, and who is next is a matter
 * of virtual time alone. How long a step takes is thrown by the dice, so the seed decides how
 * processes interleave.
 */
final class Simulation implements Timeline {
  static final Instant START = Instant.parse("2026-03-31T00:00:00Z");

  /** Something goes round and round. */
  private static final int MAX_TASKS = 3_000_000;

  private record Task(long at, long number, Runnable work) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
  private final Set<Program> alive = new LinkedHashSet<>();
  private final SplittableRandom dice;
  private final Journal journal;
  private final Thread main = Thread.currentThread();
  private Rates rates;
  private Optional<Program> running = Optional.empty();
  private long micros;
  private long number;
  private long started;

  /** On the thread that makes it, and on no other, time is passed. */
  Simulation(SplittableRandom dice, Journal journal, Rates rates) {
    this.dice = dice;
    this.journal = journal;
    this.rates = rates;
  }

  SplittableRandom dice() {
    return dice;
  }

  Journal journal() {
    return journal;
  }

  Rates rates() {
    return rates;
  }

  void rates(Rates changed) {
    rates = changed;
  }

  void tell(Supplier<String> what) {
    journal.tell(now(), () -> running.map(process -> process + "  ").orElse("") + what.get());
  }

  void violated(Wrong what, String why) {
    journal.violated(now(), what, why);
  }

  @Override
  public Instant now() {
    return START.plus(micros, ChronoUnit.MICROS);
  }

  /** Each function's own clock: they agree to within half a second or so, as machines do. */
  Clock functionsClock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return now().plus(running.map(Program::skew).orElse(Duration.ZERO));
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        InstantSource moments = () -> instant();
        return moments.withZone(zone);
      }
    };
  }

  /**
   * The process whose turn it is, if the caller is that process and not a thread that it started.
   */
  Optional<Program> running() {
    return running.filter(process -> process.isOn(Thread.currentThread()));
  }

  /** Whoever acts: the process whose turn it is, or a thread of its own that it waits for. */
  Optional<Program> actor() {
    return running;
  }

  /**
   * One step of whoever acts: what it does happens at one moment, with time before and after in
   * which its process may die.
   */
  <T> T step(String what, Supplier<T> effect) {
    Optional<Program> process = running();
    process.ifPresent(acting -> acting.moment("before", what));
    T result = effect.get();
    process.ifPresent(acting -> acting.moment("after", what));
    return result;
  }

  void at(Duration delay, Runnable work) {
    tasks.add(new Task(micros + Math.max(0, delay.toNanos() / 1000), number++, work));
  }

  /** EventBridge's own waiting. */
  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    at(delay, () -> start(ProcessKind.EVENTBRIDGE, "eventbridge", task));
    return () -> false;
  }

  /** Begins when the time comes to it, which is now. */
  Program start(ProcessKind kind, String name, Runnable work) {
    Program process = new Program(this, kind, name, ++started, work);
    alive.add(process);
    at(Duration.ZERO, () -> resume(process));
    kind.lifetime.ifPresent(lifetime -> at(lifetime, () -> process.kill("its time is up")));
    return process;
  }

  /** Passes time until then, or until something is wrong. */
  void pass(Duration time) {
    long end = micros + time.toNanos() / 1000;
    while (journal.violation().isEmpty() && !tasks.isEmpty() && tasks.peek().at() <= end) {
      Task due = tasks.remove();
      micros = Math.max(micros, due.at());
      due.work().run();
      if (number > MAX_TASKS) {
        violated(Wrong.NOT_SETTLED, "after " + number + " tasks there is no end of it");
      }
    }
    micros = Math.max(micros, end);
  }

  boolean isAlive(Program process) {
    return alive.contains(process);
  }

  /** Ends what still waits, so that no thread is left. */
  void end() {
    for (Program process : List.copyOf(alive)) {
      process.abandon();
      resume(process);
    }
    tasks.clear();
  }

  /** Lets a process run to its next step. */
  void resume(Program process) {
    running = Optional.of(process);
    process.takeTurn();
    while (process.hasTurn()) {
      LockSupport.park(this);
    }
    running = Optional.empty();
  }

  void turnIsOver() {
    LockSupport.unpark(main);
  }

  void ended(Program process) {
    alive.remove(process);
  }

  /** How long a step takes: milliseconds, and now and then much longer. */
  Duration latency() {
    long least = dice.nextInt(100) < 2 ? 200_000 : 500;
    return Duration.of(dice.nextLong(least, least * 12), ChronoUnit.MICROS);
  }

  boolean strikes(double probability) {
    return probability > 0 && dice.nextDouble() < probability;
  }

  @Override
  public void close() {
    end();
  }
}

package agentpost.local.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The wall's time, so many times as fast from the moment it was made, and set forward when told.
 * Tasks run on virtual threads.
 */
public final class ScaledTimeline implements Timeline {
  private static final Duration MAX_DELAY = Duration.ofDays(36_500);
  private final double scale;
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final NavigableSet<ScheduledTask> planned =
      new ConcurrentSkipListSet<>(
          Comparator.<ScheduledTask, Instant>comparing(plan -> plan.due)
              .thenComparing(plan -> plan.number));
  private final Set<ScheduledTask> looks = ConcurrentHashMap.newKeySet();
  private final RunningTasks work = new RunningTasks();
  private final ReentrantLock moving = new ReentrantLock();
  private volatile Pace pace;
  private long number;

  /** What the time is counted from; it stands while it is set forward. */
  private record Pace(Instant at, long nanos, boolean stands) {}

  /**
   * @param scale 1 is the wall's pace, 600 makes an hour six seconds
   */
  public ScaledTimeline(double scale, Clock wall) {
    if (!(scale >= 1 && scale <= 1_000_000)) {
      throw new IllegalArgumentException("The time scale must be from 1 to 1000000; got " + scale);
    }
    this.scale = scale;
    this.pace = new Pace(wall.instant(), System.nanoTime(), false);
    this.timer =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timeline").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Instant now() {
    Pace is = pace;
    return is.stands()
        ? is.at()
        : is.at().plusNanos((long) ((System.nanoTime() - is.nanos()) * scale));
  }

  @Override
  public Duration runsAhead(Duration wall) {
    return scale > 1 && !pace.stands()
        ? Duration.ofNanos((long) (wall.toNanos() * scale))
        : Duration.ZERO;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    return scheduleTask(delay, Duration.ZERO, () -> Duration.ZERO, task);
  }

  @Override
  public Cancellable look(
      Duration delay, Duration period, Supplier<Duration> longest, Runnable task) {
    return scheduleTask(delay, period, longest, task);
  }

  private Cancellable scheduleTask(
      Duration delay, Duration period, Supplier<Duration> longest, Runnable task) {
    // A duration of more than 292 years does not fit into nanoseconds; nobody waits that long.
    Duration wait = delay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : delay;
    ScheduledTask plan;
    synchronized (this) {
      plan = new ScheduledTask(now().plus(wait), number++, period, longest, task);
      plan.plans().add(plan);
    }
    plan.time();
    return plan;
  }

  /**
   * As {@link #advance(Duration, Duration, Supplier)}, with nothing under way but this timeline's
   * tasks.
   */
  public void advance(Duration by) {
    advance(by, Duration.ofSeconds(20), List::of);
  }

  /**
   * Sets this timeline forward, from one time at which something is due to the next. At each of
   * them the time stands until what was started has ended, so that what it plans has its place
   * among the rest.
   *
   * @param patience how long, on the wall's clock, nothing may end while something is under way
   * @param underWay names what else has to end before the time moves on
   * @throws IllegalStateException if something does not end; the time goes on from where it is then
   */
  public void advance(Duration by, Duration patience, Supplier<List<String>> underWay) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("Time goes forward only; got " + by);
    }
    moving.lock();
    try {
      Instant end = now().plus(by);
      stand(now());
      work.settle(patience, underWay);
      for (Optional<Instant> next = nextDue(end); next.isPresent(); next = nextDue(end)) {
        stand(next.get());
        start(next.get());
        work.settle(patience, underWay);
      }
      stand(end);
    } finally {
      goOn();
      moving.unlock();
    }
  }

  private synchronized void stand(Instant at) {
    pace = new Pace(at.isBefore(now()) ? now() : at, System.nanoTime(), true);
  }

  private void goOn() {
    synchronized (this) {
      pace = new Pace(now(), System.nanoTime(), false);
    }
    plans().forEach(ScheduledTask::time);
  }

  private Stream<ScheduledTask> plans() {
    return Stream.concat(planned.stream(), looks.stream());
  }

  /**
   * When something is due next; a look, at the latest of its times that is not after anything else.
   */
  private Optional<Instant> nextDue(Instant end) {
    Instant other = beforeLooks(end);
    Stream<Instant> strict =
        planned.stream().limit(1).map(plan -> plan.due).filter(due -> !due.isAfter(end));
    return Stream.concat(
            strict,
            looks.stream().filter(look -> !look.due.isAfter(other)).map(look -> look.by(other)))
        .min(Comparator.naturalOrder());
  }

  private Instant beforeLooks(Instant end) {
    return planned.stream()
        .limit(1)
        .map(plan -> plan.due)
        .filter(due -> due.isBefore(end))
        .findFirst()
        .orElse(end);
  }

  private void start(Instant at) {
    looks.stream()
        .filter(look -> !look.due.isAfter(at) && !look.by(at).isAfter(at))
        .toList()
        .forEach(ScheduledTask::run);
    planned.stream().takeWhile(plan -> !plan.due.isAfter(at)).toList().forEach(ScheduledTask::run);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    tasks.shutdownNow();
  }

  private final class ScheduledTask implements Cancellable {
    private final Instant due;
    private final long number;
    private final Duration period;
    private final Supplier<Duration> longest;
    private final Runnable task;
    private @Nullable ScheduledFuture<?> timed;

    ScheduledTask(
        Instant due, long number, Duration period, Supplier<Duration> longest, Runnable task) {
      this.due = due;
      this.number = number;
      this.period = period;
      this.longest = longest;
      this.task = task;
    }

    private Set<ScheduledTask> plans() {
      return period.isZero() ? planned : looks;
    }

    /** The last of a look's times until then. */
    Instant by(Instant end) {
      Duration most = longest.get();
      Duration until = Duration.between(due, end);
      return due.plus(
          period.multipliedBy((until.compareTo(most) > 0 ? most : until).dividedBy(period)));
    }

    /**
     * Has it run when it is due by this timeline as it is now; while the time stands, whoever moves
     * it does.
     */
    synchronized void time() {
      stop();
      Duration left = Duration.between(now(), due);
      if (!left.isPositive()) {
        run();
        return;
      }
      if (pace.stands()) {
        return;
      }
      try {
        timed =
            timer.schedule(this::timeCame, (long) (left.toNanos() / scale), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        // Closed meanwhile: what ends now may still plan its next step, which will not come.
        plans().remove(this);
      }
    }

    private void timeCame() {
      if (!pace.stands()) {
        run();
      }
    }

    /** Who takes it out of the plans is the one who runs it, or who keeps it from running. */
    private void run() {
      work.start();
      if (!plans().remove(this)) {
        work.end();
        return;
      }
      try {
        tasks.execute(
            () -> {
              try {
                task.run();
              } finally {
                work.end();
              }
            });
      } catch (RejectedExecutionException e) {
        // Closed meanwhile: what was to run no longer matters.
        work.end();
      }
    }

    private void stop() {
      if (timed != null) {
        timed.cancel(false);
      }
    }

    @Override
    public synchronized boolean cancel() {
      stop();
      return plans().remove(this);
    }
  }
}

package agentpost.local.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The wall's time, so many times as fast from the moment it was made, and set forward when told. Tasks run on virtual threads. */
public final class ScaledTimeline implements Timeline {
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private final double scale;
  private final long startNanos = System.nanoTime();
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Planned> planned = ConcurrentHashMap.newKeySet();
  private volatile Instant start;

  /** @param scale 1 is the wall's pace, 600 makes an hour six seconds */
  public ScaledTimeline(double scale, Clock wall) {
    if (!(scale >= 1 && scale <= 1_000_000)) {
      throw new IllegalArgumentException("The time scale must be from 1 to 1000000; got " + scale);
    }
    this.scale = scale;
    this.start = wall.instant();
    this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timeline").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Instant now() {
    return start.plusNanos((long) ((System.nanoTime() - startNanos) * scale));
  }

  @Override
  public Duration runsAhead(Duration wall) {
    return scale > 1 ? Duration.ofNanos((long) (wall.toNanos() * scale)) : Duration.ZERO;
  }

  @Override
  public Cancellable after(Duration delay, Runnable task) {
    // A duration of more than 292 years does not fit into nanoseconds; nobody waits that long.
    Duration wait = delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    Planned plan;
    synchronized (this) {
      plan = new Planned(now().plus(wait), task);
      planned.add(plan);
    }
    plan.time();
    return plan;
  }

  /** Sets this timeline forward. What is due by then runs now, in the order it was due; what that plans counts from the new time. */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("Time goes forward only; got " + by);
    }
    List<Planned> plans;
    synchronized (this) {
      start = start.plus(by);
      plans = planned.stream().sorted((one, other) -> one.due.compareTo(other.due)).toList();
    }
    plans.forEach(Planned::time);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    tasks.shutdownNow();
  }

  private final class Planned implements Cancellable {
    private final Instant due;
    private final Runnable task;
    private @Nullable ScheduledFuture<?> timed;

    Planned(Instant due, Runnable task) {
      this.due = due;
      this.task = task;
    }

    /** Has it run when it is due by this timeline as it is now. */
    synchronized void time() {
      stop();
      Duration left = Duration.between(now(), due);
      if (!left.isPositive()) {
        run();
        return;
      }
      try {
        timed = timer.schedule(this::run, (long) (left.toNanos() / scale), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        // Closed meanwhile: what ends now may still plan its next step, which will not come.
        planned.remove(this);
      }
    }

    /** Who takes it out of the plans is the one who runs it, or who keeps it from running. */
    private void run() {
      if (planned.remove(this)) {
        try {
          tasks.execute(task);
        } catch (RejectedExecutionException e) {
          // Closed meanwhile: what was to run no longer matters.
          return;
        }
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
      return planned.remove(this);
    }
  }
}

package agentpost.local.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The wall's time, so many times as fast from the moment it was made. Tasks run on virtual threads. */
public final class ScaledTimeline implements Timeline {
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private final double scale;
  private final Instant start;
  private final long startNanos = System.nanoTime();
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

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
  public Cancellable after(Duration delay, Runnable task) {
    // A duration of more than 292 years does not fit into nanoseconds; nobody waits that long.
    long nanos = delay.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : Math.max(0, delay.toNanos());
    try {
      ScheduledFuture<?> timed = timer.schedule(() -> run(task), (long) (nanos / scale), TimeUnit.NANOSECONDS);
      return () -> timed.cancel(false);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile: what ends now may still plan its next step, which will not come.
      return () -> true;
    }
  }

  private void run(Runnable task) {
    try {
      tasks.execute(task);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile: what was to run no longer matters.
      return;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    tasks.shutdownNow();
  }
}

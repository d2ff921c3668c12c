package agentpost.local.testing;

import agentpost.local.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Stands still until it is moved; tasks run on the thread that moves it, in the order they are due.
 */
public final class ManualTimeline implements Timeline {
  private record Task(Instant at, long number, Runnable work) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::number));
  private Instant now;
  private long number;

  public ManualTimeline(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized Cancellable schedule(Duration delay, Runnable work) {
    Task task = new Task(delay.isNegative() ? now : now.plus(delay), number++, work);
    tasks.add(task);
    return () -> cancel(task);
  }

  private synchronized boolean cancel(Task task) {
    return tasks.remove(task);
  }

  /** How many tasks there are that have not run. */
  public synchronized int planned() {
    return tasks.size();
  }

  /** Runs what is due now. */
  public void settle() {
    pass(Duration.ZERO);
  }

  /** Moves on, stopping at each task on the way. */
  public void pass(Duration time) {
    Instant end = now().plus(time);
    for (Task due = due(end); due != null; due = due(end)) {
      due.work().run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized @Nullable Task due(Instant end) {
    if (tasks.isEmpty() || tasks.peek().at().isAfter(end)) {
      return null;
    }
    Task task = tasks.remove();
    now = task.at().isAfter(now) ? task.at() : now;
    return task;
  }

  @Override
  public synchronized void close() {
    tasks.clear();
  }
}

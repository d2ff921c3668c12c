package agentpost.local.frontdoor;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections that are waited for too long, for a request or to read an answer: a slow
 * client's head may drip for ever, since Jetty's idle time-out begins anew with each byte. Too many
 * that wait are closed too, the oldest first, so that whoever opens connections and says nothing
 * takes no place that others need.
 */
final class IdleConnectionReaper implements Connection.Listener {
  private static final long POLL_INTERVAL_MILLIS = 500;

  private final FrontDoorLimits limits;

  /**
   * Since when a connection has been waited for, in nanoseconds; those with a request in hand are
   * not here.
   */
  private final Map<Connection, Long> since = new ConcurrentHashMap<>();

  /** Since when an answer is on its way to be read. */
  private final Map<Connection, Long> answered = new ConcurrentHashMap<>();

  IdleConnectionReaper(FrontDoorLimits limits) {
    this.limits = limits;
  }

  @Override
  public void onOpened(Connection connection) {
    waits(connection);
    if (since.size() > limits.connections()) {
      since.entrySet().stream()
          .min(Comparator.comparingLong(Map.Entry::getValue))
          .ifPresent(oldest -> close(oldest.getKey()));
    }
  }

  @Override
  public void onClosed(Connection connection) {
    since.remove(connection);
    answered.remove(connection);
  }

  /** Its request is in hand. */
  void markBusy(Connection connection) {
    since.remove(connection);
  }

  /** Its request is answered, and the answer is to be read. */
  void answers(Connection connection) {
    answered.put(connection, System.nanoTime());
  }

  /** Its answer is read. */
  void waits(Connection connection) {
    answered.remove(connection);
    since.put(connection, System.nanoTime());
    if (!connection.getEndPoint().isOpen()) {
      // It was closed before it was put, and will not be closed again.
      since.remove(connection);
    }
  }

  int count() {
    return since.size();
  }

  /** Looks again and again, until the scheduler ends. */
  void watch(Scheduler scheduler) {
    closeLate(since, limits.head());
    closeLate(answered, limits.body());
    if (scheduler.isRunning()) {
      scheduler.schedule(() -> watch(scheduler), POLL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void closeLate(Map<Connection, Long> begun, Duration longest) {
    long now = System.nanoTime();
    begun.forEach(
        (connection, from) -> {
          if (Duration.ofNanos(now - from).compareTo(longest) > 0) {
            close(connection);
          }
        });
  }

  private void close(Connection connection) {
    since.remove(connection);
    answered.remove(connection);
    connection.getEndPoint().close();
  }
}

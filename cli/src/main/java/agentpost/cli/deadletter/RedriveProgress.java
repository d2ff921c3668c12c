package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.Progress;
import agentpost.deadletter.DeadLetterQueue;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Watches a queue grow shorter while a function empties it, for someone who looks at a terminal:
 * the function answers at its end only, a minute later. The figures are SQS's own estimates.
 */
final class RedriveProgress implements AutoCloseable {
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  private final Thread thread;

  private RedriveProgress(Thread thread) {
    this.thread = thread;
  }

  static RedriveProgress start(DlqOptions place, AgentName agent, Progress progress) {
    return new RedriveProgress(
        Thread.ofVirtual()
            .start(
                () -> {
                  if (progress.isTerminal()) {
                    watch(place, agent, progress);
                  }
                }));
  }

  private static void watch(DlqOptions place, AgentName agent, Progress progress) {
    try {
      place.of(agent, queue -> watch(queue, progress));
    } catch (CommandFailure e) {
      // No queue to watch, or no right to: there is no bar, and the redrive itself says what is
      // wrong.
      progress.end();
    }
  }

  private static boolean watch(DeadLetterQueue queue, Progress progress) {
    try {
      int before = Math.max(1, queue.depth());
      while (!Thread.currentThread().isInterrupted()) {
        int left = queue.depth();
        progress.report(
            1 - (double) left / before, "about " + left + " of " + before + " letters are left");
        Thread.sleep(POLL_INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SdkException e) {
      // Without sqs:GetQueueAttributes there is no bar; the redrive needs none.
      progress.end();
    }
    return true;
  }

  /** When this returns, nothing is written any more. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

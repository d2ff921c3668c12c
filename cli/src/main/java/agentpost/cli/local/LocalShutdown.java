package agentpost.cli.local;

import agentpost.catalog.ResourceNames;
import agentpost.cli.project.BuildProcess;
import agentpost.cli.terminal.PlainWriter;
import agentpost.local.LocalCloud;
import agentpost.local.eventbridge.delivery.PendingDelivery;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** The end of {@code agentpost local}: what was in flight is shown, and the cloud closed. */
record LocalShutdown(LocalCloud cloud, Thread watch, PrintWriter out) implements Runnable {
  /** Of deliveries that were in flight at the end. */
  private static final int MAX_SHOWN = 20;

  private static final Duration CLOSING_TIMEOUT = Duration.ofSeconds(20);

  /**
   * On the shutdown hook's thread: the JVM ends when this has, with 130 after Ctrl-C and 143 after
   * a kill, as shells expect. What does not end in time is no reason to go on.
   */
  @Override
  public void run() {
    endWatch();
    List<PendingDelivery> inFlight = cloud.pendingDeliveries();
    inFlight.stream()
        .limit(MAX_SHOWN)
        .forEach(delivery -> out.println(PlainWriter.line("was in flight: " + show(delivery))));
    if (inFlight.size() > MAX_SHOWN) {
      out.println("and " + (inFlight.size() - MAX_SHOWN) + " more were in flight");
    }
    out.flush();
    Thread closing = Thread.ofPlatform().daemon().name("closing").start(cloud::close);
    try {
      boolean isClosed = closing.join(CLOSING_TIMEOUT);
      out.println(
          isClosed
              ? "stopped"
              : "stopped; not everything ended within " + CLOSING_TIMEOUT.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    out.flush();
  }

  /** With the synthesis that it may have started. */
  private void endWatch() {
    if (watch.isAlive()) {
      watch.interrupt();
      try {
        watch.join(BuildProcess.TERMINATION_TIMEOUT.plusSeconds(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String show(PendingDelivery delivery) {
    String agent = delivery.rule().replaceFirst("^" + ResourceNames.DEFAULT.partPrefix(), "");
    return "event "
        + delivery.eventId()
        + " to "
        + agent
        + ", "
        + delivery.attemptsMade()
        + (delivery.attemptsMade() == 1 ? " attempt" : " attempts")
        + " made";
  }
}

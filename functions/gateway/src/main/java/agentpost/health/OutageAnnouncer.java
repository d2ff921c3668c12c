package agentpost.health;

import agentpost.catalog.AgentName;
import agentpost.publish.Publisher;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Publishes outages' beginnings and ends. Which outage there is was decided by the conditional
 * update that put it on the row; here it is published first and marked as published then, so that a
 * crash between the two publishes it again under the same id.
 */
public final class OutageAnnouncer {
  /**
   * An agent that comes and goes makes one pair of events in such a time and no more, which also
   * ends the loop of an agent that hears of outages and fails by them.
   */
  static final Duration RECOVERY_QUIET_PERIOD = Duration.ofMinutes(2);

  private final OutageStore outages;
  private final Announcer announcer;

  public OutageAnnouncer(HealthTable table, Publisher publisher, Consumer<String> log) {
    this.outages = new OutageStore(table);
    this.announcer = new Announcer(publisher, log);
  }

  /**
   * Does what is due for one agent.
   *
   * @param row as it is now
   * @param wellOtherwise no letter is known that waits for the agent; its circuit is looked at here
   */
  public void tend(AgentName agent, HealthRow row, boolean wellOtherwise, Instant now) {
    Outage.of(row)
        .ifPresent(outage -> tend(agent, outage, wellOtherwise && Circuit.of(row).isWell(), now));
  }

  private void tend(AgentName agent, Outage outage, boolean well, Instant now) {
    if (!outage.announced() && !announce(agent, outage, now)) {
      return;
    }
    if (outage.ended().isPresent()) {
      end(agent, outage, outage.ended().get(), now);
    } else if (well && outage.hasSettled(RECOVERY_QUIET_PERIOD, now)) {
      Instant ended = Change.truncate(now);
      if (outages.recordEnded(agent, outage, ended, now)) {
        end(agent, outage, ended, now);
      }
    }
  }

  private boolean announce(AgentName agent, Outage outage, Instant now) {
    return announcer.publish(outage.unhealthyEvent(agent))
        && outages.recordAnnounced(agent, outage, now);
  }

  private void end(AgentName agent, Outage outage, Instant ended, Instant now) {
    if (announcer.publish(outage.recoveredEvent(agent, ended))) {
      outages.forget(agent, ended, now);
    }
  }
}

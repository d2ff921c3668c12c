package agentpost.health;

import static agentpost.health.HealthTable.millisAttribute;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.health.HealthTable.Change;
import agentpost.health.HealthTable.WriteResult;
import agentpost.publish.Publisher;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

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

  private final HealthTable table;
  private final Publisher publisher;
  private final Consumer<String> log;

  public OutageAnnouncer(HealthTable table, Publisher publisher, Consumer<String> log) {
    this.table = table;
    this.publisher = publisher;
    this.log = log;
  }

  /**
   * For an assignment beside others: an outage begins, if there is none, because a probe with a
   * dead letter failed.
   */
  public static String outageAssignment() {
    return "troubled_at = :now, outage_since = if_not_exists(outage_since, :now), outage_because ="
        + " if_not_exists(outage_because, :dead_letters)";
  }

  /** What {@link #outageAssignment} needs among the values, beside {@code :now}. */
  public static Map<String, AttributeValue> because() {
    return Map.of(":dead_letters", Outage.Reason.DEAD_LETTERS.value());
  }

  /**
   * Does what is due for one agent.
   *
   * @param row as it is now
   * @param wellOtherwise no letter is known that waits for the agent; its circuit is looked at here
   */
  public void tend(
      AgentName agent, Map<String, AttributeValue> row, boolean wellOtherwise, Instant now) {
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
      Instant ended = Instant.ofEpochMilli(now.toEpochMilli());
      // Nothing has failed since the row was read.
      String still =
          "outage_since = :since AND troubled_at = :troubled AND (attribute_not_exists(failed_at)"
              + " OR failed_at = :failed) AND attribute_not_exists(ended_at) AND"
              + " attribute_not_exists(open_until)";
      Map<String, AttributeValue> values =
          Map.of(
              ":since", millisAttribute(outage.since()),
              ":troubled", millisAttribute(outage.troubledAt()),
              ":failed", millisAttribute(outage.failedAt().orElse(Instant.EPOCH)),
              ":ended", millisAttribute(ended));
      if (table.update(agent, now, new Change("ended_at = :ended", "", still, values)).done()) {
        end(agent, outage, ended, now);
      }
    }
  }

  private boolean announce(AgentName agent, Outage outage, Instant now) {
    return publish(outage.unhealthyEvent(agent))
        && table
            .update(
                agent,
                now,
                new Change(
                    "announced_at = :since",
                    "",
                    "outage_since = :since",
                    Map.of(":since", millisAttribute(outage.since()))))
            .done();
  }

  private void end(AgentName agent, Outage outage, Instant ended, Instant now) {
    if (!publish(outage.recoveredEvent(agent, ended))) {
      return;
    }
    Map<String, AttributeValue> values = Map.of(":ended", millisAttribute(ended));
    WriteResult forgotten =
        table.update(
            agent,
            now,
            new Change(
                "",
                "REMOVE outage_since, outage_because, announced_at, ended_at",
                "ended_at = :ended AND troubled_at < :ended",
                values));
    if (!forgotten.done()) {
      // It went wrong again in between: that is the next outage.
      table.update(
          agent,
          now,
          new Change(
              "outage_since = troubled_at",
              "REMOVE announced_at, ended_at",
              "ended_at = :ended",
              values));
    }
  }

  private boolean publish(Event event) {
    if (publisher.publish(List.of(event)) instanceof Publisher.Publication.Failed(var reasons, _)) {
      log.accept(
          JsonNodeFactory.instance
              .objectNode()
              .put("message", "left for the next run")
              .put("event_id", event.id().value())
              .put("event_type", event.type())
              .put("reason", String.join("; ", reasons))
              .toString());
      return false;
    }
    return true;
  }
}

package agentpost.health;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.publish.Publisher;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Publishes that deliveries to an agent are stopped, and that they are resumed: once each, made of
 * the row alone, and noted there when it is on the bus, so that a crash between the two publishes
 * the same again.
 */
public final class SuspensionAnnouncer {
  /**
   * A first challenge that fails by chance is followed by another in half a minute: no news. A 410
   * is said and meant.
   */
  static final Duration PUBLISH_TIMEOUT = Duration.ofMinutes(2);

  private static final String SOURCE = "health";

  private final ConsentStore consents;
  private final Announcer announcer;

  public SuspensionAnnouncer(HealthTable table, Publisher publisher, Consumer<String> log) {
    this.consents = new ConsentStore(table);
    this.announcer = new Announcer(publisher, log);
  }

  /**
   * Does what is due for one agent.
   *
   * @param row as it is now
   * @return whether it is one for an alarm
   */
  public boolean tend(AgentName agent, HealthRow row, Instant now) {
    Optional<Consent.Suspension> found = Consent.of(row).stop();
    if (found.isEmpty()) {
      return false;
    }
    Consent.Suspension stop = found.get();
    boolean due =
        stop.reason() == Consent.Reason.GONE || !stop.since().plus(PUBLISH_TIMEOUT).isAfter(now);
    if (stop.ended().isPresent()) {
      Instant ended = stop.ended().get();
      if (!stop.announced() || announcer.publish(resumedEvent(agent, stop, ended))) {
        consents.forget(agent, stop, ended, now);
      }
    } else if (due && !stop.announced() && announcer.publish(stoppedEvent(agent, stop))) {
      consents.recordAnnounced(agent, stop);
    }
    return due && stop.ended().isEmpty();
  }

  private static Event stoppedEvent(AgentName agent, Consent.Suspension stop) {
    return event(
        agent,
        stop,
        "agent.stopped",
        stop.since(),
        data(agent, stop).put("because", stop.reason().label()),
        Optional.empty());
  }

  private static Event resumedEvent(AgentName agent, Consent.Suspension stop, Instant ended) {
    ObjectNode data = data(agent, stop).put("resumed_at", ended.toString());
    return event(
        agent, stop, "agent.resumed", ended, data, Optional.of(id(agent, stop, "agent.stopped")));
  }

  private static ObjectNode data(AgentName agent, Consent.Suspension stop) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("agent", agent.value())
        .put("since", stop.since().toString());
  }

  private static Event event(
      AgentName agent,
      Consent.Suspension stop,
      String type,
      Instant at,
      ObjectNode data,
      Optional<EventId> cause) {
    CorrelationId correlation =
        new CorrelationId("stop-" + agent + "-" + stop.since().toEpochMilli());
    return new Event(
        id(agent, stop, type), type, at, data, new Event.Metadata(SOURCE, correlation, cause, 1));
  }

  private static EventId id(AgentName agent, Consent.Suspension stop, String type) {
    return EventId.derive(SOURCE, new EventId(agent + "-" + stop.since().toEpochMilli()), type);
  }
}

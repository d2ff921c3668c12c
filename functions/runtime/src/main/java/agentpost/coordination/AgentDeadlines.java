package agentpost.coordination;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The times at which an agent stops waiting: {@code deadline.reached}, planned when the wait begins
 * and delivered to the agent itself. It is not cancelled when the wait ends early; then it finds
 * nothing to do.
 */
public final class AgentDeadlines {
  /**
   * Scheduler works to the minute; a deadline that has passed already is reached with the next one.
   */
  private static final Duration MIN_DELAY = Duration.ofMinutes(1);

  private final AgentName agent;
  private final ReminderScheduler reminders;
  private final Clock clock;

  public AgentDeadlines(AgentName agent, ReminderScheduler reminders, Clock clock) {
    this.agent = agent;
    this.reminders = reminders;
    this.clock = clock;
  }

  /**
   * Sets the one deadline that this cause has; setting it again changes nothing.
   *
   * @return when it will be reached: the time asked for, or shortly if that has passed
   */
  public Instant set(Event cause, String purpose, Subject about, Instant asked) {
    Instant soonest = clock.instant().plus(MIN_DELAY);
    Instant deadline = asked.isAfter(soonest) ? asked : soonest;
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("agent", agent.value())
            .put("purpose", purpose)
            .put("deadline", deadline.toString());
    data.set("about", about.json());
    reminders.plan(cause.answer(agent, "deadline.reached", data, deadline), deadline);
    return deadline;
  }

  /** Whether this {@code deadline.reached} is one that the agent set for this purpose. */
  public boolean isOwn(Event reached, String purpose) {
    return reached.data().path("agent").asText().equals(agent.value())
        && reached.data().path("purpose").asText().equals(purpose);
  }
}

package agentpost.stories;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.event.Event;
import agentpost.testing.Events;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import java.util.List;

/** What an agent publishes when it hears an event. */
public final class Published {
  private Published() {}

  public static List<Event> by(Agent agent, Event event) {
    Events.assertValid(event);
    List<Event> published = assertInstanceOf(Outcome.Done.class, agent.handle(event)).publish();
    published.forEach(answer -> Events.assertPublic(answer, event));
    return published;
  }

  /** The only one, of this type. */
  public static Event one(Agent agent, Event event, String type) {
    List<Event> published = by(agent, event);
    assertEquals(List.of(type), published.stream().map(Event::type).toList());
    return published.getFirst();
  }

  public static void none(Agent agent, Event event) {
    assertEquals(List.of(), by(agent, event).stream().map(Event::type).toList());
  }
}

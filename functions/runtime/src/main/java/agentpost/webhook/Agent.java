package agentpost.webhook;

import agentpost.event.Event;

/**
 * What a hosted agent does with an event. It may be called again with the same event after a crash,
 * so what it does must bear being done twice; the events it answers with carry ids derived from
 * their cause ({@link Event#answer}) and so do.
 */
@FunctionalInterface
public interface Agent {
  Outcome handle(Event event);
}

package agentpost.webhook;

import agentpost.event.Event;

/**
 * What a hosted agent does with an event. After a crash it may be called again with the same event,
 * so doing it twice must do no harm. The events in its answer have ids derived from their cause
 * ({@link Event#answer}) and so repeat.
 */
@FunctionalInterface
public interface Agent {
  Outcome handle(Event event);
}

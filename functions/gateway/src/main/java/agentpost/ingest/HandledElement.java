package agentpost.ingest;

import agentpost.event.EventId;
import agentpost.platform.LogFields;

/**
 * What came of one event of a delivery, and what the log says of it.
 *
 * @param fields beside the outcome
 */
record HandledElement(Element element, ElementOutcome outcome, LogFields fields) {
  HandledElement(Element element, ElementOutcome outcome) {
    this(element, outcome, element.fields());
  }

  HandledElement with(LogFields more) {
    return new HandledElement(element, outcome, fields.and(more));
  }

  /** It is refused, and kept as {@code ingest.refused} with this id. */
  HandledElement kept(EventId id) {
    return with(LogFields.of("kept", id.value()));
  }
}

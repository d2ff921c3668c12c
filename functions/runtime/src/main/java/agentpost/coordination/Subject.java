package agentpost.coordination;

import agentpost.event.Event;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What is waited for or asked about.
 *
 * @param type the kind of thing, such as {@code lead}
 * @param id which one, as its publisher names it
 */
public record Subject(String type, String id) {
  /** Of an event whose schema requires one: {@code information.*}, {@code deadline.reached}. */
  public static Subject of(Event event) {
    return new Subject(
        event.data().path("about").path("type").asText(),
        event.data().path("about").path("id").asText());
  }

  /** As an event has it, without what else its publisher put there. */
  public ObjectNode json() {
    return JsonNodeFactory.instance.objectNode().put("type", type).put("id", id);
  }
}

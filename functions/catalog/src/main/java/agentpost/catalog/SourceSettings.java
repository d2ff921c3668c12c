package agentpost.catalog;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the catalog says of a third party whose signed webhooks become events, and all that the
 * function behind its door is told of it: {@link SourceReader} reads it from either.
 *
 * @param type where a payload says what it is about
 * @param delivery where a request says which delivery it is, the same when it comes again
 * @param each where a request's events are a list; nothing if a request is one event
 * @param unmapped what becomes of a type that has no mapping; nothing if the catalog does not say
 * @param mappings by the payload's type, in the catalog's order
 * @param from ranges of addresses it calls from; empty if it may be any
 */
public record SourceSettings(
    Scheme scheme,
    FieldLocator type,
    Optional<FieldLocator> delivery,
    Optional<JsonPointer> each,
    Optional<Unmapped> unmapped,
    AnswerSettings answer,
    Map<String, Mapping> mappings,
    List<String> from) {
  public SourceSettings {
    from = List.copyOf(from);
    mappings = Collections.unmodifiableMap(new LinkedHashMap<>(mappings));
  }

  /** How it signs. */
  public sealed interface Scheme {
    /** As one of the providers that are registered, by its name. */
    record Named(String name) implements Scheme {}

    /** As the catalog describes it. */
    record Described(HmacFormat format) implements Scheme {}
  }

  /** Providers send more than one asked for. Some stop sending to a door that keeps refusing. */
  public enum Unmapped {
    ACKNOWLEDGED,
    REFUSED
  }

  /** As the parameter of the source has it, and as {@link SourceReader} reads it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("scheme", toJson(scheme));
    json.put("type", type.text());
    delivery.ifPresent(where -> json.put("delivery", where.deliveryText()));
    each.ifPresent(where -> json.put("each", where.toString()));
    unmapped.ifPresent(what -> json.put("unmapped", what.name().toLowerCase(Locale.ROOT)));
    if (!answer.equals(AnswerSettings.NONE)) {
      json.set("answer", answer.toJson());
    }
    ObjectNode byType = json.putObject("mappings");
    mappings.forEach((payload, mapping) -> byType.set(payload, mapping.toJson()));
    if (!from.isEmpty()) {
      from.forEach(json.putArray("from")::add);
    }
    return json;
  }

  private static JsonNode toJson(Scheme scheme) {
    return switch (scheme) {
      case Scheme.Named(var name) -> TextNode.valueOf(name);
      case Scheme.Described(var format) -> format.toJson();
    };
  }
}

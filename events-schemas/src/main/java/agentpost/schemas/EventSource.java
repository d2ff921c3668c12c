package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Holds one version of an event, as its author writes it, to its form: title, description and the
 * schema of {@code data}; what it adds to the envelope's {@code metadata}, and definitions, if it
 * has any.
 */
final class EventSource {
  private static final List<String> PARTS =
      List.of("title", "description", "data", "metadata", "definitions");

  /** Of a whole schema, which the compiler makes. */
  private static final Set<String> WHOLE =
      Set.of("$schema", "type", "properties", "required", "additionalProperties");

  private static final Set<String> METADATA = Set.of("properties", "required");

  private static final SortedMap<String, String> WORDS =
      new TreeMap<>(
          Map.of(
              "title",
              "what happened, as in \"An order was placed\"",
              "description",
              "who publishes it, and when"));

  private final Envelope envelope;
  private final BiConsumer<String, String> problems;

  /**
   * @param problems takes each, by its pointer and what is wrong there
   */
  EventSource(Envelope envelope, BiConsumer<String, String> problems) {
    this.envelope = envelope;
    this.problems = problems;
  }

  /**
   * What is still to be said; the event can be compiled without.
   *
   * @param own one that {@link #check} found nothing wrong with
   */
  void checkWords(JsonNode own) {
    WORDS.forEach(
        (part, what) -> {
          if (own.path(part).textValue().isBlank()) {
            problems.accept("/" + part, "must say " + what);
          }
        });
  }

  void check(JsonNode own) {
    if (!own.isObject()) {
      problems.accept("", "must be an object with title, description and data");
      return;
    }
    if (own.properties().stream().anyMatch(part -> WHOLE.contains(part.getKey()))) {
      problems.accept(
          "",
          "is a whole schema, and the envelope is the compiler's: write an object with title,"
              + " description and data, which is what a whole schema has at /properties/data");
      return;
    }
    own.properties().stream()
        .map(part -> part.getKey())
        .filter(part -> !PARTS.contains(part))
        .forEach(
            part ->
                problems.accept(
                    "/" + SchemaKeywords.escape(part),
                    "is not part of an event; there are "
                        + String.join(", ", PARTS)
                        + NearestName.of(part, PARTS)
                            .map(name -> "; did you mean " + name + "?")
                            .orElse("")));
    WORDS.forEach(
        (part, what) -> {
          if (!own.path(part).isTextual()) {
            problems.accept("/" + part, "must be a text that says " + what);
          }
        });
    SchemaKeywords keywords = new SchemaKeywords(problems, names(own.path("definitions")));
    checkData(own, keywords);
    if (own.has("metadata")) {
      checkMetadata(own.path("metadata"), keywords);
    }
    if (own.has("definitions")) {
      keywords.checkNamed("/definitions", own.path("definitions"));
    }
  }

  private void checkData(JsonNode own, SchemaKeywords keywords) {
    JsonNode data = own.path("data");
    if (data.isMissingNode()) {
      problems.accept("/data", "must be the schema of the event's data, an object");
      return;
    }
    if (!data.isObject() || data.has("type")) {
      keywords.check("/data", data);
      if (data.path("type").isTextual()
          && KeywordValues.isType(data.path("type").textValue())
          && !data.path("type").textValue().equals("object")) {
        problems.accept("/data/type", "must be object, or left out; found " + data.path("type"));
      }
      return;
    }
    ObjectNode typed = data.deepCopy();
    keywords.check("/data", typed.put("type", "object"));
  }

  private void checkMetadata(JsonNode metadata, SchemaKeywords keywords) {
    if (!metadata.path("properties").isObject()) {
      problems.accept(
          "/metadata",
          "must be an object with the properties that the event's metadata has beside"
              + " the envelope's");
      return;
    }
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    metadata
        .properties()
        .forEach(
            part -> {
              if (METADATA.contains(part.getKey())) {
                schema.set(part.getKey(), part.getValue());
              } else {
                problems.accept(
                    "/metadata/" + SchemaKeywords.escape(part.getKey()),
                    "is the envelope's; an event adds properties and required only");
              }
            });
    keywords.check("/metadata", schema);
    names(metadata.path("properties")).stream()
        .filter(envelope.metadata()::contains)
        .forEach(
            name ->
                problems.accept(
                    "/metadata/properties/" + name, "is the envelope's own; leave it out"));
  }

  static Set<String> names(JsonNode object) {
    Set<String> names = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}

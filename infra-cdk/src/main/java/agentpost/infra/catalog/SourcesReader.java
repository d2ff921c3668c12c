package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import agentpost.catalog.SourceReader;
import agentpost.catalog.SourceSettings;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * Reads the sources of a catalog: each as {@link SourceReader} has it, with a name of its own, and
 * its mappings held to the schemas of the events that they make.
 */
final class SourcesReader {
  /** Their names are in a function's environment, which takes 4 KB. */
  private static final int MAX_SOURCES = 64;

  /** Of an agent's 40, for a source's claims have its name after {@code ingest-}. */
  private static final int MAX_NAME_LENGTH = 33;

  private final List<String> problems;
  private final SourceReader reader;
  private final EventSchemas schemas;

  /**
   * @param providers names of those that are registered
   */
  SourcesReader(List<String> problems, EventSchemas schemas, SortedSet<String> providers) {
    this.problems = problems;
    this.schemas = schemas;
    this.reader = new SourceReader(providers);
  }

  /**
   * @param taken names that publish events already: a third party must not pass for them
   */
  List<Catalog.Source> read(CatalogNode all, Set<String> taken) {
    List<Catalog.Source> sources = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : all.node().properties()) {
      String name = entry.getKey();
      String path = all.pathOf(name);
      if (!NameRules.isName(name) || name.length() > MAX_NAME_LENGTH) {
        problems.add(
            path
                + " is not a source's name: lower-case letters, digits and single hyphens, a letter"
                + " first, at most "
                + MAX_NAME_LENGTH
                + " characters");
      }
      if (taken.contains(name)) {
        problems.add(
            path
                + " is the name that a hosted agent's events have, or those of operations, health"
                + " or alerts; a third party must not pass for them");
      }
      sources.add(source(name, SourceReader.section(path, entry.getValue(), problems)));
    }
    if (sources.size() > MAX_SOURCES) {
      problems.add(
          all.path()
              + " has "
              + sources.size()
              + " of them; at most "
              + MAX_SOURCES
              + " fit, for their names are in a function's environment");
    }
    return sources;
  }

  private Catalog.Source source(String name, CatalogNode source) {
    SourceSettings settings = reader.read(source);
    source
        .node()
        .path("mappings")
        .properties()
        .forEach(
            entry -> checkMapping(source.pathOf("mappings." + entry.getKey()), entry.getValue()));
    if (source.node().toString().contains("{{")) {
      problems.add(source.path() + " has {{ in it, which CloudFormation takes for a reference");
    }
    return new Catalog.Source(name, settings);
  }

  private void checkMapping(String path, JsonNode mapping) {
    JsonNode type = mapping.path("event");
    if (!type.isTextual() || !schemas.eventTypes().contains(type.textValue())) {
      problems.add(
          path
              + ".event must be an event type of events-schemas ("
              + String.join(", ", schemas.eventTypes())
              + "); got "
              + CatalogNode.kind(type));
    } else if (mapping.path("data") instanceof ObjectNode data) {
      checkProperties(path + ".data.", type.textValue(), data);
    }
  }

  /**
   * What the event's schema says of its data's properties; a mapping that leaves out what is
   * required makes no event ever.
   */
  private void checkProperties(String path, String event, ObjectNode data) {
    JsonNode schema = schemas.newestDocument(event).path("properties").path("data");
    for (JsonNode required : schema.path("required")) {
      if (!data.has(required.asText())) {
        problems.add(
            path
                + required.asText()
                + " must be there, for the schema of "
                + event
                + " requires it");
      }
    }
    JsonNode known = schema.path("properties");
    for (Map.Entry<String, JsonNode> entry : data.properties()) {
      if (known.path(entry.getKey()).isMissingNode()) {
        List<String> names = new ArrayList<>();
        known.fieldNames().forEachRemaining(names::add);
        problems.add(
            path
                + entry.getKey()
                + " is not a property of the event's data; there are "
                + String.join(", ", names));
      }
      if (entry.getValue().has("value")) {
        checkConstant(path + entry.getKey(), event, entry.getKey(), entry.getValue().path("value"));
      }
    }
  }

  /** What never changes can be held to the schema now. */
  private void checkConstant(String path, String event, String property, JsonNode value) {
    ObjectNode envelope = JsonNodeFactory.instance.objectNode().put("event_type", event);
    envelope.putObject("data").set(property, value);
    if (schemas.validate(envelope) instanceof Validation.Invalid(_, _, var violations)) {
      violations.stream()
          .filter(violation -> violation.pointer().equals("/data/" + property))
          .forEach(
              violation ->
                  problems.add(
                      path
                          + ".value "
                          + violation.expected()
                          + ", as the event's schema says; got "
                          + CatalogNode.kind(value)));
    }
  }
}

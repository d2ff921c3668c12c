package agentpost.cli.events;

import agentpost.catalog.CloudAssembly;
import agentpost.catalog.ResourceNames;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.FileErrors;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaVersion;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a project's schemas, examples and template say of its events, sorted by type. */
public record EventCatalog(List<Event> events, List<Subscription> subscriptions) {
  private static final JsonMapper JSON = new JsonMapper();

  public EventCatalog {
    events = List.copyOf(events);
    subscriptions = List.copyOf(subscriptions);
  }

  /**
   * @param schemas whole, by version
   * @param examples envelopes, by their files' names
   * @param publishers the services that examples are from, and the sources that are mapped to it
   */
  public record Event(
      String type,
      SortedMap<SchemaVersion, JsonNode> schemas,
      SortedMap<String, JsonNode> examples,
      SortedSet<String> publishers) {
    /** The schema whose version is the highest. */
    public JsonNode newest() {
      return schemas.lastEntry().getValue();
    }

    public String title() {
      return newest().path("title").asText();
    }

    public String description() {
      return newest().path("description").asText();
    }
  }

  public static EventCatalog read(CloudAssembly assembly) {
    EventSchemas schemas = ProjectSchemas.load();
    Map<String, SortedSet<String>> sources = readSources(assembly);
    List<Event> events = new ArrayList<>();
    for (String type : schemas.eventTypes()) {
      SortedMap<SchemaVersion, JsonNode> versions = new TreeMap<>();
      schemas.versions(type).forEach(each -> versions.put(each, schemas.document(type, each)));
      SortedMap<String, JsonNode> examples = new TreeMap<>();
      ProjectSchemas.listExamples(type)
          .forEach(file -> examples.put(String.valueOf(file.getFileName()), parse(file)));
      SortedSet<String> publishers = new TreeSet<>(sources.getOrDefault(type, new TreeSet<>()));
      examples
          .values()
          .forEach(
              example -> publishers.add(example.at("/metadata/source_service").asText("unknown")));
      events.add(new Event(type, versions, examples, publishers));
    }
    return new EventCatalog(events, Subscription.readAll(assembly));
  }

  /** Those that may receive it. */
  public Stream<Subscription> subscribers(String type) {
    return subscriptions.stream().filter(each -> !each.conditions(type).isEmpty());
  }

  static JsonNode parse(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new CommandFailure(file + " is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + FileErrors.explain(e));
    }
  }

  /** By event type, the sources that some type of request is mapped to it for. */
  private static Map<String, SortedSet<String>> readSources(CloudAssembly assembly) {
    String directory = new ResourceNames(assembly.root().name()).sourceDirectory();
    Map<String, SortedSet<String>> sources = new TreeMap<>();
    assembly
        .resources("AWS::SecretsManager::Secret")
        .map(CloudAssembly.Resource::properties)
        .filter(secret -> secret.path("Name").asText().equals(directory))
        .forEach(
            secret ->
                readDirectory(secret.path("SecretString"))
                    .path("entries")
                    .properties()
                    .forEach(
                        source ->
                            source
                                .getValue()
                                .path("mappings")
                                .forEach(
                                    mapping ->
                                        sources
                                            .computeIfAbsent(
                                                mapping.path("event").asText(),
                                                _ -> new TreeSet<>())
                                            .add(source.getKey()))));
    return sources;
  }

  /** A text, or one that CloudFormation joins; what it puts in is no part of a mapping. */
  private static JsonNode readDirectory(JsonNode text) {
    StringBuilder joined = new StringBuilder(text.asText());
    text.at("/Fn::Join/1").forEach(part -> joined.append(part.asText()));
    try {
      return JSON.readTree(joined.toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The template's directory of sources is no JSON", e);
    }
  }
}

package agentpost.cli.verification;

import agentpost.catalog.AgentName;
import agentpost.catalog.Directory;
import agentpost.cli.cloud.CloudOptions;
import agentpost.ingest.SampleDelivery;
import agentpost.ingest.Source;
import agentpost.ingest.SourceParser;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.StoredSecret;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping of the run's own at one of the stage's sources: from a type that is the receiver's
 * name, to an event that says it is for the receiver alone.
 */
record MappingEntry(CloudOptions place, String agent) {
  private static final String MAPPINGS = "mappings";

  /** Where a payload has it, wherever else its source looks. */
  private static final String CONTENT = "agentpost_verification";

  /** A source that has the mapping, and what it signs with. */
  record Sample(Source source, String secret, String type) {
    Optional<SampleDelivery> sign() {
      ObjectNode payload = JsonNodeFactory.instance.objectNode();
      payload.putObject(CONTENT).put("type", "verification").put("id", type);
      return SampleDelivery.of(
          source, secret, type, type, payload, EventSchemas.load(), Clock.systemUTC());
    }
  }

  /** At the first source whose deliveries can be made here; at none if there is no such source. */
  void add() {
    directory()
        .change(
            text -> {
              for (Map.Entry<String, JsonNode> entry : Directory.read(text).entrySet()) {
                if (entry.getValue() instanceof ObjectNode source) {
                  ObjectNode with = source.deepCopy();
                  with.withObjectProperty(MAPPINGS).set(agent, mapping());
                  if (sample(entry.getKey(), with).flatMap(Sample::sign).isPresent()) {
                    return Directory.with(text, entry.getKey(), with);
                  }
                }
              }
              return text;
            });
  }

  /** Nothing if there is none that has it. */
  Optional<Sample> find() {
    return directory()
        .read()
        .flatMap(
            text ->
                Directory.read(text).entrySet().stream()
                    .filter(entry -> entry.getValue().path(MAPPINGS).has(agent))
                    .findFirst())
        .flatMap(entry -> sample(entry.getKey(), entry.getValue()));
  }

  void remove() {
    directory()
        .change(
            text -> {
              String without = text;
              for (Map.Entry<String, JsonNode> entry : Directory.read(text).entrySet()) {
                if (entry.getValue().path(MAPPINGS) instanceof ObjectNode mappings
                    && mappings.remove(agent) != null) {
                  without = Directory.with(without, entry.getKey(), entry.getValue());
                }
              }
              return without;
            });
  }

  private ObjectNode mapping() {
    ObjectNode mapping = JsonNodeFactory.instance.objectNode().put("event", "deadline.reached");
    ObjectNode data = mapping.putObject("data").put("about", "/" + CONTENT);
    data.putObject("agent").put("value", agent);
    data.putObject("purpose").put("value", Probe.NAME);
    // An instant; which one, nobody reads.
    data.putObject("deadline").put("value", "1970-01-01T00:00:00Z");
    return mapping;
  }

  /** Nothing of one that takes requests from its own addresses alone, or whose secret is none. */
  private Optional<Sample> sample(String name, JsonNode entry) {
    try {
      Source source =
          new SourceParser("https://source/", place.names().sourceSecrets())
              .read(new AgentName(name), entry.toString());
      return source.from().isEmpty()
          ? new DirectorySecret(place, source.secretId())
              .read()
              .map(text -> new Sample(source, StoredSecret.read(text).current(), agent))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      // The source itself cannot be used, which its own door says.
      return Optional.empty();
    }
  }

  private DirectorySecret directory() {
    return new DirectorySecret(place, place.names().sourceDirectory());
  }
}

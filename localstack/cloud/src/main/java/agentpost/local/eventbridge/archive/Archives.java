package agentpost.local.eventbridge.archive;

import agentpost.local.eventbridge.control.EventBuses;
import agentpost.local.eventbridge.control.Paging;
import agentpost.local.eventbridge.input.Patterns;
import agentpost.local.eventbridge.registry.ArchivedEvents;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.registry.Registry.Archive;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/**
 * Archives of buses' events. They keep their events past their retention, as AWS may for a day, but
 * replay none of them.
 */
public final class Archives {
  private final Registry registry;
  private final Timeline timeline;

  public Archives(Registry registry, Timeline timeline) {
    this.registry = registry;
    this.timeline = timeline;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.of(
        "CreateArchive", this::create,
        "UpdateArchive", this::update,
        "DescribeArchive", input -> describeResponse(require(input)),
        "ListArchives", this::list,
        "DeleteArchive", this::delete);
  }

  private Archive require(ObjectNode input) {
    Archive archive = registry.archives.get(input.path("ArchiveName").asText());
    if (archive == null) {
      throw AwsException.badRequest(
          "ResourceNotFoundException",
          "Archive " + input.path("ArchiveName").asText() + " does not exist.");
    }
    return archive;
  }

  private static Optional<String> pattern(ObjectNode input) {
    return EventBuses.text(input, "EventPattern")
        .filter(text -> !text.isEmpty())
        .map(Patterns::check);
  }

  private synchronized JsonNode create(ObjectNode input) {
    String name = input.path("ArchiveName").asText();
    if (registry.archives.containsKey(name)) {
      throw AwsException.badRequest(
          "ResourceAlreadyExistsException", "Archive " + name + " already exists.");
    }
    Archive archive =
        new Archive(
            name,
            EventBuses.bus(registry, input.path("EventSourceArn").asText()).arn(),
            pattern(input),
            input.path("RetentionDays").asInt(0),
            EventBuses.text(input, "Description"),
            timeline.now(),
            new ArchivedEvents());
    registry.archives.put(name, archive);
    return changeResponse(archive);
  }

  /** What an update does not say stays. */
  private synchronized JsonNode update(ObjectNode input) {
    Archive before = registry.archives.get(input.path("ArchiveName").asText());
    if (before == null) {
      // As recorded from AWS.
      throw new AwsException(
          500, "InternalException", "Service encountered unexpected problem. Please try again.");
    }
    Archive archive =
        new Archive(
            before.name(),
            before.busArn(),
            pattern(input).or(before::pattern),
            input.path("RetentionDays").asInt(before.retentionDays()),
            EventBuses.text(input, "Description").or(before::description),
            before.created(),
            before.events());
    registry.archives.put(archive.name(), archive);
    return changeResponse(archive);
  }

  private static ObjectNode changeResponse(Archive archive) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ArchiveArn", archive.arn())
        .put("State", "ENABLED")
        .put("CreationTime", Registry.seconds(archive.created()));
  }

  private static ObjectNode listEntry(Archive archive) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ArchiveName", archive.name())
        .put("EventSourceArn", archive.busArn())
        .put("State", "ENABLED")
        .put("RetentionDays", archive.retentionDays())
        .put("SizeBytes", archive.events().bytes())
        .put("EventCount", archive.events().count())
        .put("CreationTime", Registry.seconds(archive.created()));
  }

  private static ObjectNode describeResponse(Archive archive) {
    ObjectNode out = listEntry(archive).put("ArchiveArn", archive.arn());
    archive.description().ifPresent(text -> out.put("Description", text));
    archive.pattern().ifPresent(pattern -> out.put("EventPattern", pattern));
    return out;
  }

  private JsonNode list(ObjectNode input) {
    Paging.oneFilter(input, "ListArchives");
    Optional<String> bus =
        EventBuses.text(input, "EventSourceArn").map(arn -> EventBuses.bus(registry, arn).arn());
    boolean enabled = input.path("State").asText("ENABLED").equals("ENABLED");
    return Paging.page(
        input,
        "Archives",
        registry.archives,
        (_, one) ->
            enabled && bus.map(one.busArn()::equals).orElse(true)
                ? listEntry(one)
                : NullNode.instance);
  }

  private synchronized JsonNode delete(ObjectNode input) {
    registry.archives.remove(require(input).name());
    return JsonNodeFactory.instance.objectNode();
  }
}

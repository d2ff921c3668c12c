package agentpost.local.eventbridge;

import static agentpost.local.eventbridge.EventBridge.required;

import agentpost.local.eventbridge.Registry.Archive;
import agentpost.local.eventbridge.Registry.Connection;
import agentpost.local.eventbridge.Registry.Destination;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;

/** Connections, API destinations and archives. */
final class DestinationOperations {
  private static final int DEFAULT_RATE = 300;
  private static final Set<String> METHODS = Set.of("POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE");
  private final Registry registry;
  private final Timeline timeline;

  DestinationOperations(Registry registry, Timeline timeline) {
    this.registry = registry;
    this.timeline = timeline;
  }

  Map<String, JsonService.Operation> operations() {
    return Map.ofEntries(
        Map.entry("CreateConnection", this::createConnection),
        Map.entry("DescribeConnection", input -> described(found(registry.connections, input, "Connection"))),
        Map.entry("ListConnections", input -> list("Connections", registry.connections, DestinationOperations::described)),
        Map.entry("DeleteConnection", input -> deleted(registry.connections, input)),
        Map.entry("CreateApiDestination", input -> putDestination(input, false)),
        Map.entry("UpdateApiDestination", input -> putDestination(input, true)),
        Map.entry("DescribeApiDestination", input -> described(found(registry.destinations, input, "ApiDestination"))),
        Map.entry("ListApiDestinations", input -> list("ApiDestinations", registry.destinations, DestinationOperations::described)),
        Map.entry("DeleteApiDestination", input -> deleted(registry.destinations, input)),
        Map.entry("CreateArchive", this::createArchive),
        Map.entry("DescribeArchive", this::describeArchive),
        Map.entry("ListArchives", input -> list("Archives", registry.archives, DestinationOperations::described)),
        Map.entry(
            "DeleteArchive",
            input -> {
              registry.archives.remove(required(input, "ArchiveName"));
              return object();
            }));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static <T> T found(Map<String, T> all, ObjectNode input, String kind) {
    T one = all.get(required(input, "Name"));
    if (one == null) {
      throw AwsException.badRequest("ResourceNotFoundException", kind + " '" + input.path("Name").asText() + "' does not exist.");
    }
    return one;
  }

  private static <T> JsonNode list(String key, Map<String, T> all, Function<T, ObjectNode> described) {
    ObjectNode out = object();
    all.values().forEach(one -> out.withArray(key).add(described.apply(one)));
    out.withArray(key);
    return out;
  }

  private static JsonNode deleted(Map<String, ?> all, ObjectNode input) {
    all.remove(required(input, "Name"));
    return object();
  }

  private static Optional<String> description(ObjectNode input) {
    return Optional.ofNullable(input.get("Description")).map(JsonNode::asText);
  }

  private JsonNode createConnection(ObjectNode input) {
    String name = required(input, "Name");
    String type = required(input, "AuthorizationType");
    if (!type.equals("API_KEY") && !type.equals("BASIC")) {
      throw AwsException.badRequest("ValidationException", "The local cloud does not support connections of type " + type + ".");
    }
    String arn = Registry.ARN + "connection/" + name + "/" + UUID.randomUUID();
    Connection connection = new Connection(name, arn, type, input.path("AuthParameters"), description(input), timeline.now());
    if (registry.connections.putIfAbsent(name, connection) != null) {
      throw AwsException.badRequest("ResourceAlreadyExistsException", "Connection " + name + " already exists.");
    }
    return described(connection);
  }

  private static ObjectNode described(Connection connection) {
    double at = Replays.seconds(connection.created());
    return object()
        .put("Name", connection.name())
        .put("ConnectionArn", connection.arn())
        .put("AuthorizationType", connection.type())
        .put("ConnectionState", "AUTHORIZED")
        .put("CreationTime", at)
        .put("LastModifiedTime", at)
        .put("LastAuthorizedTime", at);
  }

  private JsonNode putDestination(ObjectNode input, boolean update) {
    String name = required(input, "Name");
    Optional<Destination> before = Optional.ofNullable(registry.destinations.get(name));
    if (before.isPresent() != update) {
      throw update
          ? AwsException.badRequest("ResourceNotFoundException", "ApiDestination '" + name + "' does not exist.")
          : AwsException.badRequest("ResourceAlreadyExistsException", "An api-destination with name " + name + " already exists.");
    }
    String connection = before.filter(_ -> !input.hasNonNull("ConnectionArn")).map(Destination::connectionArn).orElseGet(() -> required(input, "ConnectionArn"));
    if (registry.connection(connection).isEmpty()) {
      throw AwsException.badRequest("ResourceNotFoundException", "Connection '" + connection + "' does not exist.");
    }
    String method = before.filter(_ -> !input.hasNonNull("HttpMethod")).map(Destination::method).orElseGet(() -> required(input, "HttpMethod"));
    String endpoint =
        before.filter(_ -> !input.hasNonNull("InvocationEndpoint")).map(Destination::endpoint).orElseGet(() -> required(input, "InvocationEndpoint"));
    int rate = input.path("InvocationRateLimitPerSecond").asInt(before.map(Destination::rate).orElse(DEFAULT_RATE));
    if (!METHODS.contains(method) || rate < 1) {
      throw AwsException.badRequest(
          "ValidationException", "1 validation error detected: HttpMethod must be one of " + METHODS + " and InvocationRateLimitPerSecond at least 1");
    }
    RateLimit limit = before.map(Destination::limit).orElseGet(() -> new RateLimit(timeline, rate));
    limit.change(rate);
    Destination destination =
        new Destination(
            name,
            before.map(Destination::arn).orElseGet(() -> Registry.ARN + "api-destination/" + name + "/" + UUID.randomUUID()),
            connection,
            endpoint,
            method,
            rate,
            description(input),
            before.map(Destination::created).orElseGet(timeline::now),
            limit);
    registry.destinations.put(name, destination);
    return described(destination);
  }

  private static ObjectNode described(Destination destination) {
    double at = Replays.seconds(destination.created());
    return object()
        .put("Name", destination.name())
        .put("ApiDestinationArn", destination.arn())
        .put("ApiDestinationState", "ACTIVE")
        .put("ConnectionArn", destination.connectionArn())
        .put("InvocationEndpoint", destination.endpoint())
        .put("HttpMethod", destination.method())
        .put("InvocationRateLimitPerSecond", destination.rate())
        .put("CreationTime", at)
        .put("LastModifiedTime", at);
  }

  private JsonNode createArchive(ObjectNode input) {
    String name = required(input, "ArchiveName");
    Archive archive =
        new Archive(
            name,
            required(input, "EventSourceArn"),
            Optional.ofNullable(input.get("EventPattern")).map(pattern -> Patterns.checked(pattern.asText())),
            input.path("RetentionDays").asInt(0),
            description(input),
            timeline.now(),
            new ConcurrentLinkedDeque<>());
    if (registry.archives.putIfAbsent(name, archive) != null) {
      throw AwsException.badRequest("ResourceAlreadyExistsException", "Archive " + name + " already exists.");
    }
    return described(archive);
  }

  private JsonNode describeArchive(ObjectNode input) {
    Archive archive = registry.archives.get(required(input, "ArchiveName"));
    if (archive == null) {
      throw AwsException.badRequest("ResourceNotFoundException", "Archive " + input.path("ArchiveName").asText() + " does not exist.");
    }
    return described(archive);
  }

  private static ObjectNode described(Archive archive) {
    return object()
        .put("ArchiveName", archive.name())
        .put("ArchiveArn", archive.arn())
        .put("EventSourceArn", archive.busArn())
        .put("State", "ENABLED")
        .put("RetentionDays", archive.retentionDays())
        .put("EventCount", archive.events().size())
        .put("CreationTime", Replays.seconds(archive.created()));
  }
}

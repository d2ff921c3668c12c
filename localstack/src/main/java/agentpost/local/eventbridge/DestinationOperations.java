package agentpost.local.eventbridge;

import static agentpost.local.eventbridge.EventBridge.require;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;

/** Connections, API destinations and archives. */
final class DestinationOperations {
  private static final int DEFAULT_RATE = 300;
  private static final List<String> METHODS = List.of("POST", "HEAD", "OPTIONS", "GET", "PATCH", "PUT", "DELETE");
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
        Map.entry("ListConnections", input -> list("Connections", registry.connections, input, DestinationOperations::described)),
        Map.entry("DeleteConnection", input -> deleted(registry.connections, input, "Connection")),
        Map.entry("CreateApiDestination", input -> putDestination(input, false)),
        Map.entry("UpdateApiDestination", input -> putDestination(input, true)),
        Map.entry("DescribeApiDestination", input -> described(found(registry.destinations, input, "ApiDestination"))),
        Map.entry("ListApiDestinations", input -> list("ApiDestinations", registry.destinations, input, DestinationOperations::described)),
        Map.entry("DeleteApiDestination", input -> deleted(registry.destinations, input, "ApiDestination")),
        Map.entry("CreateArchive", this::createArchive),
        Map.entry("DescribeArchive", this::describeArchive),
        Map.entry("ListArchives", input -> list("Archives", registry.archives, input, DestinationOperations::described)),
        Map.entry("DeleteArchive", this::deleteArchive));
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

  private static <T> JsonNode list(String key, Map<String, T> all, ObjectNode input, Function<T, ObjectNode> described) {
    ObjectNode out = object();
    String prefix = input.path("NamePrefix").asText("");
    all.forEach(
        (name, one) -> {
          if (name.startsWith(prefix)) {
            out.withArray(key).add(described.apply(one));
          }
        });
    out.withArray(key);
    return out;
  }

  private static JsonNode deleted(Map<String, ?> all, ObjectNode input, String kind) {
    found(all, input, kind);
    all.remove(input.path("Name").asText());
    return object();
  }

  private static Optional<String> description(ObjectNode input) {
    return Optional.ofNullable(input.get("Description")).map(JsonNode::asText);
  }

  private JsonNode createConnection(ObjectNode input) {
    require(input, "Name", "AuthorizationType", "AuthParameters");
    String name = input.path("Name").asText();
    String type = input.path("AuthorizationType").asText();
    checkAuth(type, input.path("AuthParameters"));
    String arn = Registry.ARN + "connection/" + name + "/" + UUID.randomUUID();
    Connection connection = new Connection(name, arn, type, input.path("AuthParameters"), description(input), timeline.now());
    if (registry.connections.putIfAbsent(name, connection) != null) {
      throw AwsException.badRequest("ResourceAlreadyExistsException", "Connection " + name + " already exists.");
    }
    return described(connection);
  }

  private static void checkAuth(String type, JsonNode auth) {
    boolean complete =
        switch (type) {
          case "API_KEY" -> auth.path("ApiKeyAuthParameters").hasNonNull("ApiKeyName") && auth.path("ApiKeyAuthParameters").hasNonNull("ApiKeyValue");
          case "BASIC" -> auth.path("BasicAuthParameters").hasNonNull("Username") && auth.path("BasicAuthParameters").hasNonNull("Password");
          default -> throw AwsException.badRequest("ValidationException", "The local cloud does not support connections of type " + type + ".");
        };
    if (!complete) {
      throw AwsException.badRequest("ValidationException", "Authorization parameters of type " + type + " are missing or incomplete.");
    }
    if (!auth.path("InvocationHttpParameters").path("BodyParameters").isEmpty()) {
      throw AwsException.badRequest("ValidationException", "The local cloud does not support a connection's BodyParameters.");
    }
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
    if (update) {
      require(input, "Name");
    } else {
      require(input, "Name", "ConnectionArn", "InvocationEndpoint", "HttpMethod");
    }
    String name = input.path("Name").asText();
    Optional<Destination> before = Optional.ofNullable(registry.destinations.get(name));
    if (before.isPresent() != update) {
      throw update
          ? AwsException.badRequest("ResourceNotFoundException", "ApiDestination '" + name + "' does not exist.")
          : AwsException.badRequest("ResourceAlreadyExistsException", "An api-destination with name " + name + " already exists.");
    }
    String connection = before.filter(_ -> !input.hasNonNull("ConnectionArn")).map(Destination::connectionArn).orElseGet(() -> input.path("ConnectionArn").asText());
    if (registry.connection(connection).isEmpty()) {
      throw AwsException.badRequest("ResourceNotFoundException", "Connection '" + connection + "' does not exist.");
    }
    String method = before.filter(_ -> !input.hasNonNull("HttpMethod")).map(Destination::method).orElseGet(() -> input.path("HttpMethod").asText());
    String endpoint =
        before.filter(_ -> !input.hasNonNull("InvocationEndpoint")).map(Destination::endpoint).orElseGet(() -> input.path("InvocationEndpoint").asText());
    int rate = input.path("InvocationRateLimitPerSecond").asInt(before.map(Destination::rate).orElse(DEFAULT_RATE));
    List<String> violations = new ArrayList<>();
    if (!METHODS.contains(method)) {
      violations.add("Value at 'httpMethod' failed to satisfy constraint: Member must satisfy enum value set: " + METHODS);
    }
    if (rate < 1) {
      violations.add("Value at 'invocationRateLimitPerSecond' failed to satisfy constraint: Member must have value greater than or equal to 1");
    }
    EventBridge.refuse(violations);
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
    require(input, "ArchiveName", "EventSourceArn");
    String name = input.path("ArchiveName").asText();
    Archive archive =
        new Archive(
            name,
            input.path("EventSourceArn").asText(),
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
    return described(archive(input));
  }

  private Archive archive(ObjectNode input) {
    Archive archive = registry.archives.get(required(input, "ArchiveName"));
    if (archive == null) {
      throw AwsException.badRequest("ResourceNotFoundException", "Archive " + input.path("ArchiveName").asText() + " does not exist.");
    }
    return archive;
  }

  private JsonNode deleteArchive(ObjectNode input) {
    registry.archives.remove(archive(input).name());
    return object();
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

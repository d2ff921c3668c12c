package agentpost.local.eventbridge.control;

import agentpost.local.eventbridge.registry.Connection;
import agentpost.local.eventbridge.registry.RateLimit;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.registry.Registry.Destination;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** API destinations. */
public final class ApiDestinations {
  private static final int DEFAULT_RATE = 300;
  private final Registry registry;
  private final Timeline timeline;

  public ApiDestinations(Registry registry, Timeline timeline) {
    this.registry = registry;
    this.timeline = timeline;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.of(
        "CreateApiDestination", this::create,
        "UpdateApiDestination", this::update,
        "DescribeApiDestination", input -> describeResponse(require(input)),
        "ListApiDestinations", this::list,
        "DeleteApiDestination", this::delete);
  }

  private Destination require(ObjectNode input) {
    String name = input.path("Name").asText();
    Destination destination = registry.destinations.get(name);
    if (destination == null) {
      throw AwsException.badRequest(
          "ResourceNotFoundException",
          "Failed to describe the api-destination(s). An api-destination '"
              + name
              + "' does not exist.");
    }
    return destination;
  }

  private void checkConnection(String arn) {
    if (registry.connection(arn).isEmpty()) {
      String name = arn.replaceFirst("^.*:connection/", "");
      throw Connections.unknownConnection(name.substring(0, Math.max(name.indexOf('/'), 0)));
    }
  }

  /** AWS takes https only; servers on this machine may do without. */
  private static String endpoint(ObjectNode input) {
    String endpoint = input.path("InvocationEndpoint").asText();
    if (!isUrl(endpoint)) {
      throw AwsException.badRequest(
          "ValidationException", "Parameter InvocationEndpoint is not valid.");
    }
    return endpoint;
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = new URI(text);
      return uri.getAuthority() != null
          && ("https".equalsIgnoreCase(uri.getScheme())
              || "http".equalsIgnoreCase(uri.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private synchronized JsonNode create(ObjectNode input) {
    String name = input.path("Name").asText();
    String connection = input.path("ConnectionArn").asText();
    int rate = input.path("InvocationRateLimitPerSecond").asInt(DEFAULT_RATE);
    if (registry.destinations.containsKey(name)) {
      throw AwsException.badRequest(
          "ResourceAlreadyExistsException",
          "An api-destination with name " + name + " already exists.");
    }
    checkConnection(connection);
    Destination destination =
        new Destination(
            name,
            Registry.ARN + "api-destination/" + name + "/" + UUID.randomUUID(),
            connection,
            endpoint(input),
            input.path("HttpMethod").asText(),
            rate,
            EventBuses.text(input, "Description"),
            timeline.now(),
            timeline.now(),
            new RateLimit(timeline, rate),
            new AtomicBoolean());
    registry.destinations.put(name, destination);
    return changeResponse(destination);
  }

  /** What an update does not say stays. */
  private synchronized JsonNode update(ObjectNode input) {
    Destination before = require(input);
    String connection = input.path("ConnectionArn").asText(before.connectionArn());
    checkConnection(connection);
    int rate = input.path("InvocationRateLimitPerSecond").asInt(before.rate());
    Destination destination =
        new Destination(
            before.name(),
            before.arn(),
            connection,
            input.hasNonNull("InvocationEndpoint") ? endpoint(input) : before.endpoint(),
            input.path("HttpMethod").asText(before.method()),
            rate,
            EventBuses.text(input, "Description").or(before::description),
            before.created(),
            timeline.now(),
            before.limit(),
            new AtomicBoolean());
    before.limit().change(rate);
    registry.destinations.put(destination.name(), destination);
    return changeResponse(destination);
  }

  private ObjectNode changeResponse(Destination destination) {
    boolean active =
        registry
            .connection(destination.connectionArn())
            .filter(connection -> connection.state() == Connection.State.AUTHORIZED)
            .isPresent();
    return JsonNodeFactory.instance
        .objectNode()
        .put("ApiDestinationArn", destination.arn())
        .put("ApiDestinationState", active ? "ACTIVE" : "INACTIVE")
        .put("CreationTime", Registry.seconds(destination.created()))
        .put("LastModifiedTime", Registry.seconds(destination.modified()));
  }

  private ObjectNode listEntry(Destination destination) {
    return changeResponse(destination)
        .put("Name", destination.name())
        .put("ConnectionArn", destination.connectionArn())
        .put("InvocationEndpoint", destination.endpoint())
        .put("HttpMethod", destination.method())
        .put("InvocationRateLimitPerSecond", destination.rate());
  }

  private ObjectNode describeResponse(Destination destination) {
    ObjectNode out = listEntry(destination);
    destination.description().ifPresent(text -> out.put("Description", text));
    return out;
  }

  private JsonNode list(ObjectNode input) {
    Optional<String> connection = EventBuses.text(input, "ConnectionArn");
    return Paging.page(
        input,
        "ApiDestinations",
        registry.destinations,
        (_, one) ->
            connection.map(one.connectionArn()::equals).orElse(true)
                ? listEntry(one)
                : NullNode.instance);
  }

  private synchronized JsonNode delete(ObjectNode input) {
    registry.destinations.remove(require(input).name());
    return JsonNodeFactory.instance.objectNode();
  }
}

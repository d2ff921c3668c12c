package agentpost.local.eventbridge.control;

import agentpost.local.eventbridge.registry.Connection;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.Authorizer;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Connections: keys and passwords are authorized at once, OAuth when its first token has come. */
public final class Connections {
  private final Registry registry;
  private final Timeline timeline;
  private final Authorizer authorizer;
  private final TargetServices reach;

  public Connections(
      Registry registry, Timeline timeline, Authorizer authorizer, TargetServices reach) {
    this.reach = reach;
    this.registry = registry;
    this.timeline = timeline;
    this.authorizer = authorizer;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.of(
        "CreateConnection", this::create,
        "UpdateConnection", this::update,
        "DescribeConnection", input -> describeResponse(require(input)),
        "ListConnections", this::list,
        "DeleteConnection", this::delete,
        "DeauthorizeConnection", this::deauthorize);
  }

  static AwsException unknownConnection(String name) {
    return AwsException.badRequest(
        "ResourceNotFoundException",
        "Failed to describe the connection(s). Connection '" + name + "' does not exist.");
  }

  private Connection require(ObjectNode input) {
    String name = input.path("Name").asText();
    return Optional.ofNullable(registry.connections.get(name))
        .orElseThrow(() -> unknownConnection(name));
  }

  private synchronized JsonNode create(ObjectNode input) {
    String name = input.path("Name").asText();
    String type = input.path("AuthorizationType").asText();
    ObjectNode auth = (ObjectNode) input.path("AuthParameters");
    checkComplete(type, auth);
    Instant now = timeline.now();
    if (registry.connections.containsKey(name)) {
      throw AwsException.badRequest(
          "ResourceAlreadyExistsException", "Connection " + name + " already exists.");
    }
    boolean oauth = type.equals(Connection.OAUTH);
    Connection connection =
        new Connection(
            name,
            Registry.ARN + "connection/" + name + "/" + UUID.randomUUID(),
            reach.keepSecret(
                "events!connection/" + name + "/" + UUID.randomUUID(),
                Connection.secretText(type, auth)),
            type,
            auth,
            EventBuses.text(input, "Description"),
            oauth ? Connection.State.AUTHORIZING : Connection.State.AUTHORIZED,
            Optional.empty(),
            now,
            now,
            Optional.of(now));
    registry.connections.put(name, connection);
    authorize(connection);
    return changeResponse(connection);
  }

  /**
   * OAuth's first token is fetched at once, so that the connection's state says whether it can be.
   */
  private void authorize(Connection connection) {
    if (connection.isOAuth()) {
      timeline.schedule(
          Duration.ZERO,
          () -> {
            try {
              authorizer.authorize(connection);
            } catch (InterruptedException e) {
              // The cloud is closing.
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  private static final Map<String, List<String>> NEEDED =
      Map.of(
          "API_KEY",
          List.of("ApiKeyAuthParameters", "ApiKeyName", "ApiKeyValue"),
          "BASIC",
          List.of("BasicAuthParameters", "Username", "Password"),
          Connection.OAUTH,
          List.of("OAuthParameters", "ClientParameters", "AuthorizationEndpoint", "HttpMethod"));

  private static void checkComplete(String type, JsonNode auth) {
    List<String> needed = NEEDED.getOrDefault(type, List.of());
    JsonNode own = auth.path(needed.getFirst());
    if (!needed.stream().skip(1).allMatch(own::hasNonNull)) {
      throw AwsException.badRequest(
          "ValidationException",
          "Authorization parameters of type " + type + " are missing or incomplete.");
    }
  }

  private synchronized JsonNode update(ObjectNode input) {
    Connection before = require(input);
    String type = input.path("AuthorizationType").asText(before.type());
    ObjectNode auth =
        input.path("AuthParameters").isObject()
            ? merge(before, type, (ObjectNode) input.path("AuthParameters"))
            : before.auth();
    checkComplete(type, auth);
    Connection connection =
        new Connection(
            before.name(),
            before.arn(),
            reach.keepSecret(before.secretName(), Connection.secretText(type, auth)),
            type,
            auth,
            EventBuses.text(input, "Description").or(before::description),
            type.equals(Connection.OAUTH)
                ? Connection.State.AUTHORIZING
                : Connection.State.AUTHORIZED,
            Optional.empty(),
            before.created(),
            timeline.now(),
            Optional.of(timeline.now()));
    registry.connections.put(connection.name(), connection);
    authorize(connection);
    return changeResponse(connection).put("LastAuthorizedTime", Registry.seconds(timeline.now()));
  }

  /** What an update does not say stays; another type's parameters go. */
  private static ObjectNode merge(Connection before, String type, ObjectNode change) {
    ObjectNode auth = before.auth().deepCopy();
    NEEDED.forEach(
        (other, needed) -> {
          if (!other.equals(type)) {
            auth.remove(needed.getFirst());
          }
        });
    change
        .properties()
        .forEach(
            field -> {
              if (field.getKey().equals("InvocationHttpParameters")
                  || !auth.path(field.getKey()).isObject()) {
                auth.set(field.getKey(), field.getValue());
              } else {
                merge((ObjectNode) auth.path(field.getKey()), (ObjectNode) field.getValue());
              }
            });
    return auth;
  }

  private static void merge(ObjectNode into, ObjectNode change) {
    change
        .properties()
        .forEach(
            field -> {
              if (field.getKey().equals("ClientParameters")
                  && into.path("ClientParameters").isObject()) {
                merge((ObjectNode) into.path("ClientParameters"), (ObjectNode) field.getValue());
              } else {
                into.set(field.getKey(), field.getValue());
              }
            });
  }

  private static ObjectNode changeResponse(Connection connection) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ConnectionArn", connection.arn())
        .put("ConnectionState", connection.state().name())
        .put("CreationTime", Registry.seconds(connection.created()))
        .put("LastModifiedTime", Registry.seconds(connection.modified()));
  }

  private static ObjectNode listEntry(Connection connection) {
    ObjectNode out =
        changeResponse(connection)
            .put("Name", connection.name())
            .put("AuthorizationType", connection.type());
    connection.reason().ifPresent(why -> out.put("StateReason", why));
    connection.authorized().ifPresent(at -> out.put("LastAuthorizedTime", Registry.seconds(at)));
    return out;
  }

  private static ObjectNode describeResponse(Connection connection) {
    ObjectNode out = listEntry(connection);
    connection.description().ifPresent(text -> out.put("Description", text));
    if (!connection.auth().isEmpty()) {
      out.put("SecretArn", connection.secretArn());
      out.set("AuthParameters", connection.maskedAuth());
    }
    return out;
  }

  private JsonNode list(ObjectNode input) {
    String state = input.path("ConnectionState").asText("");
    return Paging.page(
        input,
        "Connections",
        registry.connections,
        (_, one) ->
            state.isEmpty() || one.state().name().equals(state)
                ? listEntry(one)
                : NullNode.instance);
  }

  private synchronized JsonNode delete(ObjectNode input) {
    Connection connection = require(input);
    registry.connections.remove(connection.name());
    reach.forgetSecret(connection.secretName());
    ObjectNode out =
        changeResponse(
            connection.with(Connection.State.DELETING, Optional.empty(), timeline.now()));
    connection.authorized().ifPresent(at -> out.put("LastAuthorizedTime", Registry.seconds(at)));
    return out;
  }

  private synchronized JsonNode deauthorize(ObjectNode input) {
    Connection connection = require(input);
    registry.connections.put(
        connection.name(),
        connection.withoutAuth(JsonNodeFactory.instance.objectNode(), timeline.now()));
    reach.forgetSecret(connection.secretName());
    ObjectNode out =
        changeResponse(
            connection.with(Connection.State.DEAUTHORIZING, Optional.empty(), timeline.now()));
    connection.authorized().ifPresent(at -> out.put("LastAuthorizedTime", Registry.seconds(at)));
    return out;
  }
}

package agentpost.local.eventbridge.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How API destinations authorize.
 *
 * @param type API_KEY, BASIC or OAUTH_CLIENT_CREDENTIALS
 * @param auth the request's AuthParameters, secrets and all; empty once it is deauthorized
 * @param reason of its state, if there is one
 */
public record Connection(
    String name,
    String arn,
    String secretArn,
    String type,
    ObjectNode auth,
    Optional<String> description,
    State state,
    Optional<String> reason,
    Instant created,
    Instant modified,
    Optional<Instant> authorized) {
  public enum State {
    AUTHORIZED,
    DEAUTHORIZED,
    AUTHORIZING,
    DEAUTHORIZING,
    DELETING
  }

  public static final String OAUTH = "OAUTH_CLIENT_CREDENTIALS";

  public boolean isOAuth() {
    return type.equals(OAUTH);
  }

  public Connection with(State changed, Optional<String> why, Instant now) {
    return new Connection(
        name,
        arn,
        secretArn,
        type,
        auth,
        description,
        changed,
        why,
        created,
        now,
        changed == State.AUTHORIZED ? Optional.of(now) : authorized);
  }

  public Connection withoutAuth(ObjectNode nothing, Instant now) {
    return new Connection(
        name,
        arn,
        secretArn,
        type,
        nothing,
        description,
        State.DEAUTHORIZED,
        Optional.empty(),
        created,
        now,
        authorized);
  }

  /** The secret's name: its ARN without what Secrets Manager adds at either end. */
  public String secretName() {
    return secretArn.substring(
        secretArn.indexOf(":secret:") + ":secret:".length(), secretArn.lastIndexOf('-'));
  }

  /** What is in the secret. AWS does not document its form; this is LocalStack's. */
  public static String secretText(String type, JsonNode auth) {
    ObjectNode text = JsonNodeFactory.instance.objectNode();
    JsonNode oauth = auth.path("OAuthParameters");
    switch (type) {
      case "BASIC" -> {
        text.set("username", auth.path("BasicAuthParameters").path("Username"));
        text.set("password", auth.path("BasicAuthParameters").path("Password"));
      }
      case "API_KEY" -> {
        text.set("api_key_name", auth.path("ApiKeyAuthParameters").path("ApiKeyName"));
        text.set("api_key_value", auth.path("ApiKeyAuthParameters").path("ApiKeyValue"));
      }
      default -> {
        text.set("client_id", oauth.path("ClientParameters").path("ClientID"));
        text.set("client_secret", oauth.path("ClientParameters").path("ClientSecret"));
        text.set("authorization_endpoint", oauth.path("AuthorizationEndpoint"));
        text.set("http_method", oauth.path("HttpMethod"));
      }
    }
    if (auth.has("InvocationHttpParameters")) {
      text.set("invocation_http_parameters", auth.path("InvocationHttpParameters"));
    }
    return text.toString();
  }

  /** What may be seen of the parameters: no secret. */
  public ObjectNode maskedAuth() {
    ObjectNode shown = auth.deepCopy();
    remove(shown.path("ApiKeyAuthParameters"), "ApiKeyValue");
    remove(shown.path("BasicAuthParameters"), "Password");
    remove(shown.path("OAuthParameters").path("ClientParameters"), "ClientSecret");
    hideValues(shown.path("OAuthParameters").path("OAuthHttpParameters"));
    hideValues(shown.path("InvocationHttpParameters"));
    return shown;
  }

  private static void remove(JsonNode from, String secret) {
    if (from instanceof ObjectNode object) {
      object.remove(secret);
    }
  }

  private static void hideValues(JsonNode parameters) {
    for (String kind : List.of("HeaderParameters", "QueryStringParameters", "BodyParameters")) {
      for (JsonNode parameter : parameters.path(kind)) {
        if (parameter.path("IsValueSecret").asBoolean()) {
          remove(parameter, "Value");
        }
      }
    }
  }

  @Override
  public String toString() {
    return "Connection[" + arn + "]";
  }
}

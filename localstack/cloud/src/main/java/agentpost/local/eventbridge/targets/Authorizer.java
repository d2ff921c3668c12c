package agentpost.local.eventbridge.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.registry.Connection;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.time.Timeline;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * What a connection authorizes its requests with. OAuth's token is fetched once and kept until it
 * is about to expire, or an endpoint answers 401 or 407 (EventBridge user guide, "Authorization
 * methods for connections").
 */
public final class Authorizer {
  /** How long before its end a token is taken to be about to expire. */
  private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(60);

  private final Registry registry;
  private final Timeline timeline;
  private final OAuthToken.Client tokens;
  private final Map<String, ReentrantLock> turns = new ConcurrentHashMap<>();
  private final Map<String, OAuthToken> kept = new ConcurrentHashMap<>();

  public Authorizer(
      Registry registry, TargetServices reach, EndpointClient http, Timeline timeline) {
    this.registry = registry;
    this.timeline = timeline;
    this.tokens = new OAuthToken.Client(reach, http);
  }

  sealed interface Authorization {
    record Granted(Map<String, String> headers) implements Authorization {}

    record Refused(String why) implements Authorization {}
  }

  public Authorization authorize(Connection connection) throws InterruptedException {
    if (connection.isOAuth()) {
      return oauth(connection);
    }
    JsonNode key = connection.auth().path("ApiKeyAuthParameters");
    JsonNode basic = connection.auth().path("BasicAuthParameters");
    if (key.isObject()) {
      return new Authorization.Granted(
          Map.of(key.path("ApiKeyName").asText(), key.path("ApiKeyValue").asText()));
    }
    if (basic.isObject()) {
      String pair = basic.path("Username").asText() + ":" + basic.path("Password").asText();
      return new Authorization.Granted(
          Map.of(
              "Authorization",
              "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8))));
    }
    return new Authorization.Refused("The connection " + connection.name() + " is not authorized");
  }

  /**
   * One request for a connection's token at a time: deliveries that wait for it take the same one,
   * and those of other connections do not wait.
   */
  private Authorization oauth(Connection connection) throws InterruptedException {
    if (!turns.containsKey(connection.arn())) {
      forgetDeleted();
    }
    ReentrantLock turn = turns.computeIfAbsent(connection.arn(), _ -> new ReentrantLock());
    turn.lockInterruptibly();
    try {
      return authorizeInTurn(connection);
    } finally {
      turn.unlock();
    }
  }

  private void forgetDeleted() {
    Stream.of(turns, kept)
        .forEach(byArn -> byArn.keySet().removeIf(arn -> registry.connection(arn).isEmpty()));
  }

  private Authorization authorizeInTurn(Connection connection) throws InterruptedException {
    if (connection.auth().isEmpty()) {
      return new Authorization.Refused(
          "The connection " + connection.name() + " is not authorized");
    }
    Instant now = timeline.now();
    OAuthToken token = kept.get(connection.arn());
    if (token == null
        || !token.isOf(connection.auth())
        || token.expires().map(end -> !now.isBefore(end.minus(EXPIRY_MARGIN))).orElse(false)) {
      switch (tokens.fetch(connection.auth(), now)) {
        case OAuthToken.Fetched.Token(var fetched) -> {
          kept.put(connection.arn(), fetched);
          token = fetched;
          change(connection, Connection.State.AUTHORIZED, Optional.empty());
        }
        case OAuthToken.Fetched.Failed(var why) -> {
          String reason = "Failed to authorize connection. Reason: " + why;
          kept.remove(connection.arn());
          change(connection, Connection.State.DEAUTHORIZED, Optional.of(reason));
          return new Authorization.Refused(reason);
        }
      }
    }
    return new Authorization.Granted(Map.of("Authorization", token.header()));
  }

  /**
   * An endpoint did not accept the authorization: OAuth's token is fetched anew at the next
   * attempt; a key or password that is wrong stays wrong.
   */
  void onRejected(Connection connection, int status) {
    if (connection.isOAuth()) {
      kept.remove(connection.arn());
    } else {
      change(
          connection,
          Connection.State.DEAUTHORIZED,
          Optional.of(
              "The endpoint answered "
                  + status
                  + "; update the connection with the right credentials."));
    }
  }

  private void change(Connection connection, Connection.State state, Optional<String> reason) {
    registry.connections.computeIfPresent(
        connection.name(),
        (_, now) ->
            now.arn().equals(connection.arn())
                    && now.auth().equals(connection.auth())
                    && now.state() != state
                ? now.with(state, reason, timeline.now())
                : now);
  }
}

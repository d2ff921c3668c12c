package agentpost.keys;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;

import agentpost.delivery.AgentDirectory;
import agentpost.directory.DirectoryUnavailableException;
import agentpost.http.ApiGateway;
import agentpost.http.Problem;
import agentpost.http.Response;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * {@code GET /.well-known/agentpost-keys.json}, for anyone; {@code ?agent=NAME} for one agent's
 * alone. Whoever calls how often makes one call a minute for the directory and one for each secret.
 * Environment: AGENT_DIRECTORY, AGENT_SECRET_PREFIX.
 */
public final class KeysHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /**
   * Seconds that others may keep the answer: a small part of any overlap, in which both keys are in
   * it and both sign.
   */
  private static final int CACHE_MAX_AGE_SECONDS = 300;

  private final PublicKeys keys;
  private final Consumer<String> log;

  public KeysHandler() {
    this(Platform.lambda());
  }

  public KeysHandler(Platform platform) {
    Environment environment =
        Environment.require(platform.environment(), AGENT_DIRECTORY, AGENT_SECRET_PREFIX);
    AgentDirectory directory = AgentDirectory.from(platform, environment.get(AGENT_DIRECTORY));
    this.keys =
        new PublicKeys(
            directory::findAll,
            new WebhookKeyStore(SecretStore.from(platform)),
            environment.get(AGENT_SECRET_PREFIX));
    this.log = platform.log();
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Optional<String> agent =
        ApiGateway.request(event)
            .map(request -> request.query().getOrDefault("agent", List.of()))
            .flatMap(values -> values.stream().findFirst());
    return ApiGateway.response(answer(agent));
  }

  private Response answer(Optional<String> agent) {
    try {
      return switch (keys.of(agent)) {
        case PublicKeys.KeySet.Known(var json) ->
            Response.json(200, json.toString())
                .header("Content-Type", "application/jwk-set+json")
                .header("Cache-Control", "public, max-age=" + CACHE_MAX_AGE_SECONDS);
        case PublicKeys.KeySet.Unavailable(var why) -> answerUnavailable(why);
      };
    } catch (DirectoryUnavailableException e) {
      return answerUnavailable(String.valueOf(e.getMessage()));
    }
  }

  private Response answerUnavailable(String why) {
    log.accept(
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "keys")
            .put("outcome", "try-again")
            .put("reason", why)
            .toString());
    return Problem.TRY_AGAIN.withDetail("the keys cannot be read now").retryAfter(RETRY_AFTER);
  }
}

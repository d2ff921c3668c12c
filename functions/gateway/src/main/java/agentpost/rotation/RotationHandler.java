package agentpost.rotation;

import agentpost.platform.Platform;
import agentpost.platform.StackTrace;
import agentpost.schemas.IdText;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Rotates agents' and processors' secrets. Secrets Manager calls it with {@code Step}, {@code
 * SecretId} and {@code ClientRequestToken}; a person, through {@code agentpost secrets}, with the
 * further steps {@code rotate} (all four, for secrets without a schedule, or what is left of them;
 * with {@code Leaked} also {@code retire}), {@code retire} and {@code overview}. No answer and no
 * log line has a secret in it.
 */
public final class RotationHandler
    implements RequestHandler<Map<String, String>, Map<String, String>> {
  private final Rotation rotation;
  private final Consumer<String> log;

  public RotationHandler() {
    this(Platform.lambda());
  }

  public RotationHandler(Platform platform) {
    this.rotation =
        new Rotation(
            platform.aws().create(SecretsManagerClient.builder()),
            new SecureRandom(),
            platform.deadlines());
    this.log = platform.log();
  }

  /**
   * @throws RuntimeException saying why the step could not be done; Secrets Manager, or whoever
   *     invoked it, tries again later
   */
  @Override
  public Map<String, String> handleRequest(Map<String, String> event, Context context) {
    String step = event.getOrDefault("Step", "");
    String version =
        event.containsKey("ClientRequestToken")
            ? text(event, "ClientRequestToken")
            : UUID.randomUUID().toString();
    Rotation.Turn turn = new Rotation.Turn(text(event, "SecretId"), version);
    return switch (step) {
      case "createSecret", "setSecret", "testSecret", "finishSecret", "retire" ->
          Map.of(step, runLogged(step, turn, false));
      case "rotate" -> runAll(rotation.resume(turn), event.containsKey("Leaked"));
      case "overview" -> rotation.overview(turn.secretId());
      default -> throw new IllegalArgumentException("There is no step " + step);
    };
  }

  private static String text(Map<String, String> event, String name) {
    return Optional.ofNullable(event.get(name))
        .filter(text -> !IdText.isBlank(text))
        .orElseThrow(
            () -> new IllegalArgumentException(name + " must be a text that is not blank"));
  }

  private Map<String, String> runAll(Rotation.Turn turn, boolean leaked) {
    Map<String, String> outcomes = new LinkedHashMap<>();
    for (String step : List.of("createSecret", "setSecret", "testSecret", "finishSecret")) {
      outcomes.put(step, runLogged(step, turn, leaked));
    }
    if (leaked) {
      outcomes.put("retire", runLogged("retire", turn, true));
    }
    return outcomes;
  }

  private String runLogged(String step, Rotation.Turn turn, boolean leaked) {
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "rotation")
            .put("step", step)
            .put("secret", turn.secretId())
            .put("version", turn.version());
    try {
      StepResult result =
          switch (step) {
            case "createSecret" -> rotation.create(turn, leaked);
            case "setSecret" -> rotation.set(turn);
            case "testSecret" -> rotation.test(turn);
            case "finishSecret" -> rotation.finish(turn);
            default -> rotation.retire(turn.secretId());
          };
      log.accept(line.put("outcome", result.message()).toString());
      return result.message();
    } catch (RuntimeException e) {
      log.accept(
          line.put("outcome", "failed")
              .put("reason", StackTrace.headline(e))
              .put("stack_trace", StackTrace.of(e))
              .toString());
      throw e;
    }
  }
}

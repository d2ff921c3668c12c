package agentpost.rotation;

import static agentpost.catalog.EnvironmentVariables.CONNECTION_NAME;
import static agentpost.catalog.EnvironmentVariables.RELAY_KEY_SECRET;

import agentpost.platform.Environment;
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
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Rotates agents' and processors' secrets, and the relay's key. Secrets Manager calls it with
 * {@code Step}, {@code SecretId} and {@code ClientRequestToken}; a person, through {@code agentpost
 * secrets}, with the further steps {@code rotate} (all four, for secrets without a schedule, or
 * what is left of them; with {@code Leaked} also {@code retire}), {@code retire} and {@code
 * overview}. The relay's key has steps of its own: {@code rotateRelay} makes a key and {@code
 * updateConnection} gives it to EventBridge's connection. No answer and no log line has a secret in
 * it.
 */
public final class RotationHandler
    implements RequestHandler<Map<String, String>, Map<String, String>> {
  private final Rotation rotation;
  private final RelayConnection relay;
  private final Consumer<String> log;

  public RotationHandler() {
    this(Platform.lambda());
  }

  public RotationHandler(Platform platform) {
    Environment environment =
        Environment.require(platform.environment(), RELAY_KEY_SECRET, CONNECTION_NAME);
    SecretsManagerClient secrets = platform.aws().create(SecretsManagerClient.builder());
    this.rotation = new Rotation(secrets, new SecureRandom(), platform.deadlines());
    this.relay =
        new RelayConnection(
            secrets,
            platform.aws().create(EventBridgeClient.builder()),
            environment.get(RELAY_KEY_SECRET),
            environment.get(CONNECTION_NAME));
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
      case "rotateRelay" -> rotateRelay(requireRelay(turn));
      case "updateConnection" ->
          Map.of(
              "connection",
              runLogged(step, requireRelay(turn), false),
              "overlap",
              rotation.overlap(turn.secretId()));
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

  private Rotation.Turn requireRelay(Rotation.Turn turn) {
    if (!turn.secretId().equals(relay.secretId())) {
      throw new IllegalArgumentException("SecretId must be " + relay.secretId() + " for this step");
    }
    return turn;
  }

  /**
   * The relay's key is no webhook secret, so that there is nothing to sign with and test. First the
   * connection gets the key that is current: then nobody has the one that the new key displaces,
   * not even after a rotation that ended in the middle, and no overlap need be waited for.
   */
  private Map<String, String> rotateRelay(Rotation.Turn asked) {
    Map<String, String> outcomes = new LinkedHashMap<>();
    outcomes.put("connection", runLogged("updateConnection", asked, false));
    Rotation.Turn turn = rotation.resume(asked);
    for (String step : List.of("createSecret", "finishSecret")) {
      outcomes.put(step, runLogged(step, turn, true));
    }
    return outcomes;
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
            case "updateConnection" -> relay.update();
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

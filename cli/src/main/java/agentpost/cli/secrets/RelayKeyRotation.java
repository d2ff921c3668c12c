package agentpost.cli.secrets;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.secrets.SecretStore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.function.BiConsumer;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ConnectionState;
import software.amazon.awssdk.services.eventbridge.model.DescribeConnectionResponse;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;

/**
 * Gives the relay and EventBridge's connection a new key, in an order in which the connection never
 * shows one that does not open: the relay has both keys before the connection has the new one.
 * Whatever ends in the middle is made good by the next run.
 */
final class RelayKeyRotation {
  private static final int TIMEOUT_SECONDS = 120;

  private final CloudOptions place;
  private final RotationFunction function;
  private final BiConsumer<String, String> say;

  /**
   * @param say takes what a line is about, and the line
   */
  RelayKeyRotation(CloudOptions place, BiConsumer<String, String> say) {
    this.place = place;
    this.function = new RotationFunction(place);
    this.say = say;
  }

  /**
   * @param withoutOverlap whether the previous key leaked
   */
  void run(boolean withoutOverlap) {
    describeConnection();
    String secret = place.names().relaySecret();
    function.run("rotateRelay", secret).properties().forEach(this::sayOutcome);
    awaitRelays();
    JsonNode updated = function.run("updateConnection", secret);
    say.accept("connection", "has the new key");
    awaitAuthorized();
    if (withoutOverlap) {
      function.run("retire", secret).properties().forEach(this::sayOutcome);
    } else {
      say.accept(
          "overlap", "the previous key opens the relay until " + updated.path("overlap").asText());
    }
  }

  private void sayOutcome(Map.Entry<String, JsonNode> step) {
    say.accept(step.getKey(), step.getValue().asText());
  }

  /**
   * A relay that read its secret a moment ago does not read it again for a key that does not fit:
   * strangers would have it call as often as they do.
   */
  private void awaitRelays() {
    Instant ready = place.now().plus(SecretStore.MIN_REFRESH_INTERVAL);
    say.accept(
        "relay",
        "takes both keys; waiting "
            + SecretStore.MIN_REFRESH_INTERVAL.toSeconds()
            + " s until each of its environments may read the new one");
    while (place.now().isBefore(ready)) {
      SecretsRotateCommand.pause();
    }
  }

  /**
   * Until EventBridge has taken the key over.
   *
   * @throws CommandFailure if it does not
   */
  private void awaitAuthorized() {
    DescribeConnectionResponse connection = describeConnection();
    for (long end = System.nanoTime() + TIMEOUT_SECONDS * 1_000_000_000L;
        connection.connectionState() != ConnectionState.AUTHORIZED;
        connection = describeConnection()) {
      if (System.nanoTime() > end) {
        throw new CommandFailure(
            "the connection "
                + place.prefix()
                + " is "
                + connection.connectionStateAsString()
                + " after "
                + TIMEOUT_SECONDS
                + " s"
                + (connection.stateReason() == null ? "" : ": " + connection.stateReason())
                + "; both keys open the relay, so the same command may be run again");
      }
      SecretsRotateCommand.pause();
    }
    say.accept("connection", "is AUTHORIZED");
  }

  private DescribeConnectionResponse describeConnection() {
    String name = place.prefix();
    return place.withClient(
        EventBridgeClient.builder(),
        client -> {
          try {
            return client.describeConnection(describe -> describe.name(name));
          } catch (ResourceNotFoundException e) {
            throw place.missingResource("connection " + name);
          }
        });
  }
}

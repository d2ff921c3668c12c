package agentpost.cli.verification;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.Directory;
import agentpost.cli.cloud.CloudOptions;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The receiver among the agents of the stage's directory. */
record DirectoryEntry(CloudOptions place) {
  private static final Pattern RECEIVER = Pattern.compile(Probe.NAME + "-[a-z0-9]{6}");

  /** It is not asked for its consent: nobody else owns it. */
  private static final AgentSettings SETTINGS =
      new AgentSettings(
          10,
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(new AgentSettings.External(false, AgentSettings.DEFAULT_DIALECT)),
          AgentSettings.DEFAULT_SIGNATURE,
          Duration.ofHours(1));

  void add(String agent, String endpoint) {
    ObjectNode entry = SETTINGS.toJson().put("endpoint", endpoint);
    change(text -> Directory.with(text, agent, entry));
  }

  /** Of this run, and of those that could not. */
  void removeAll() {
    change(
        text -> {
          String without = text;
          for (String name : Directory.read(text).keySet()) {
            if (RECEIVER.matcher(name).matches()) {
              without = Directory.without(without, name);
            }
          }
          return without;
        });
  }

  private void change(UnaryOperator<String> change) {
    String directory = place.names().agentDirectory();
    place.withClient(
        SecretsManagerClient.builder(),
        client -> {
          String before = client.getSecretValue(get -> get.secretId(directory)).secretString();
          String after = change.apply(before);
          if (!after.equals(before)) {
            client.putSecretValue(put -> put.secretId(directory).secretString(after));
          }
          return after;
        });
  }
}

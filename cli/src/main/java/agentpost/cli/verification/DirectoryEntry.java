package agentpost.cli.verification;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.Directory;
import agentpost.cli.cloud.CloudOptions;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The receiver among the agents of the stage's directory. */
record DirectoryEntry(CloudOptions place) {
  static final Pattern RECEIVER = Pattern.compile(Probe.NAME + "-[a-z0-9]{6}");

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
    secret().change(text -> Directory.with(text, agent, entry));
  }

  /** Of this run, and of those that could not tidy up. */
  List<String> receivers() {
    return secret().read().stream()
        .flatMap(text -> Directory.read(text).keySet().stream())
        .filter(name -> RECEIVER.matcher(name).matches())
        .toList();
  }

  void remove(String agent) {
    secret().change(text -> Directory.without(text, agent));
  }

  private DirectorySecret secret() {
    return new DirectorySecret(place, place.names().agentDirectory());
  }
}

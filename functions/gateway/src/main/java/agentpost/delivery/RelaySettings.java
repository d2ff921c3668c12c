package agentpost.delivery;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;
import static agentpost.catalog.EnvironmentVariables.RELAY_KEY_SECRET;

import agentpost.platform.Environment;
import java.util.Map;

/** The relay's settings, from its environment. */
record RelaySettings(
    String keySecret, String agentSecretPrefix, String agentDirectory, String bus) {
  static RelaySettings from(Map<String, String> variables) {
    Environment environment =
        Environment.require(
            variables,
            RELAY_KEY_SECRET,
            AGENT_SECRET_PREFIX,
            AGENT_DIRECTORY,
            HEALTH_TABLE,
            BUS_NAME);
    return new RelaySettings(
        environment.get(RELAY_KEY_SECRET),
        environment.get(AGENT_SECRET_PREFIX),
        environment.get(AGENT_DIRECTORY),
        environment.get(BUS_NAME));
  }
}

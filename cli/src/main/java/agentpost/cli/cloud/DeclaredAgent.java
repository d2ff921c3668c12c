package agentpost.cli.cloud;

import agentpost.catalog.AgentName;
import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * An agent as the stack declares it, in its directory.
 *
 * @param isExternal whether it lives elsewhere, with a record of its own of what it has acted on
 * @param isAsked whether its owner is asked before the first event
 * @param hasBreaker whether there is a circuit that may open
 */
public record DeclaredAgent(boolean isExternal, boolean isAsked, boolean hasBreaker) {
  /** By name; nothing if there is no such stack. */
  public static Map<String, DeclaredAgent> findAll(CloudOptions place) {
    return findAll(place, place.prefix());
  }

  /**
   * @param prefix of a stack that may be another than the place's own
   */
  public static Map<String, DeclaredAgent> findAll(CloudOptions place, String prefix) {
    String directory = new ResourceNames(prefix).agentDirectory();
    return place.withClient(
        SecretsManagerClient.builder(),
        client -> {
          Map<String, DeclaredAgent> all = new TreeMap<>();
          try {
            String text = client.getSecretValue(get -> get.secretId(directory)).secretString();
            Directory.read(text == null ? "" : text)
                .forEach((name, entry) -> all.put(name, of(entry)));
          } catch (ResourceNotFoundException e) {
            return all;
          } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                "secret " + directory + ": " + e.getMessage() + "; deploy the stack again");
          }
          return all;
        });
  }

  /**
   * @throws CommandFailure naming those there are, if the stack declares no agent of that name
   */
  public static void require(CloudOptions place, AgentName agent) {
    Set<String> declared = findAll(place).keySet();
    if (!declared.contains(agent.value())) {
      throw place.unknownName("agent", agent.value(), declared);
    }
  }

  private static DeclaredAgent of(JsonNode entry) {
    return new DeclaredAgent(
        entry.has("external"),
        entry.path("external").path("challenge").asBoolean(entry.has("external")),
        entry.has("breaker"));
  }
}

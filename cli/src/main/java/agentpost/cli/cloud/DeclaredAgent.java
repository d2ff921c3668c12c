package agentpost.cli.cloud;

import agentpost.catalog.AgentName;
import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;

/**
 * An agent as the stack declares it, in Parameter Store.
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
    String path = new ResourceNames(prefix).agentParameters();
    return place.withClient(
        SsmClient.builder(),
        client -> {
          Map<String, DeclaredAgent> all = new TreeMap<>();
          for (Parameter parameter :
              client
                  .getParametersByPathPaginator(
                      get -> get.path(path.substring(0, path.length() - 1)))
                  .stream()
                  .flatMap(page -> page.parameters().stream())
                  .toList()) {
            all.put(parameter.name().substring(path.length()), of(entry(parameter.value())));
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

  private static JsonNode entry(String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (JsonProcessingException e) {
      // The relay says of such an entry what is wrong with it; here it is an agent like any other.
      return MissingNode.getInstance();
    }
  }
}

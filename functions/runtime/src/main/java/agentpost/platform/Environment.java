package agentpost.platform;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.EnvironmentVariables;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A function's environment variables, all checked at once, so that one deployment fixes all
 * mistakes.
 */
public final class Environment {
  private final Map<String, String> variables;

  private Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * The environment, if it has a value for every name.
   *
   * @throws IllegalStateException naming every variable that is missing or blank, and what a hosted
   *     agent adds to the catalog to get it; at init, where Lambda reports it
   */
  public static Environment require(Map<String, String> variables, String... names) {
    List<String> missing =
        Arrays.stream(names).filter(name -> variables.getOrDefault(name, "").isBlank()).toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "Environment variables are missing: "
              + String.join(", ", missing)
              + (variables.containsKey(AGENT) ? uses(missing) : ""));
    }
    return new Environment(variables);
  }

  private static String uses(List<String> missing) {
    return missing.stream()
        .flatMap(name -> EnvironmentVariables.uses(name).stream())
        .distinct()
        .map(uses -> "; add uses: " + uses + " to the agent in agents.yaml")
        .collect(Collectors.joining());
  }

  /** A variable that was required. */
  public String get(String name) {
    return Optional.ofNullable(variables.get(name))
        .orElseThrow(() -> new IllegalStateException("Environment variable is missing: " + name));
  }
}

package agentpost.platform;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
   * @throws IllegalStateException naming every variable that is missing or blank; at init, where
   *     Lambda reports it
   */
  public static Environment require(Map<String, String> variables, String... names) {
    List<String> missing =
        Arrays.stream(names).filter(name -> variables.getOrDefault(name, "").isBlank()).toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "Environment variables are missing: " + String.join(", ", missing));
    }
    return new Environment(variables);
  }

  /** A variable that was required. */
  public String get(String name) {
    return Optional.ofNullable(variables.get(name))
        .orElseThrow(() -> new IllegalStateException("Environment variable is missing: " + name));
  }
}

package agentpost.platform;

import java.util.Map;
import java.util.Optional;

/** Which function this is, and which of its versions. */
public record FunctionVersion(String function, String version) {
  /**
   * As Lambda says it (developer guide, "Defined runtime environment variables"); nothing
   * elsewhere.
   */
  public static Optional<FunctionVersion> of(Map<String, String> environment) {
    String function = environment.get("AWS_LAMBDA_FUNCTION_NAME");
    String version = environment.get("AWS_LAMBDA_FUNCTION_VERSION");
    return function == null || version == null
        ? Optional.empty()
        : Optional.of(new FunctionVersion(function, version));
  }
}

package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.lambda.FunctionSettings;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Functions of the template. */
final class FunctionProvider implements Provider.Changeable {
  private static final int DEFAULT_TIMEOUT_SECONDS = 3;
  private final FunctionHost functions;
  private final Supplier<Path> cdkOut;

  /**
   * By their keys, which tell what is in them: what was deployed first stays there, and what is
   * deployed later may not.
   */
  private final Map<String, Path> assets = new ConcurrentHashMap<>();

  /**
   * @param cdkOut where the template that is being deployed lies, with its assets
   */
  FunctionProvider(FunctionHost functions, Supplier<Path> cdkOut) {
    this.functions = functions;
    this.cdkOut = cdkOut;
  }

  @Override
  public Set<String> identity() {
    return Set.of("FunctionName");
  }

  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    return make(logicalId, properties);
  }

  @Override
  public void remove(String logicalId, Made made) {
    functions.remove(made.ref());
  }

  private Path asset(String key) {
    return assets.compute(
        key,
        (_, before) ->
            before != null && Files.exists(before) ? before : cdkOut.get().resolve("asset." + key));
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    ResourceProperties.refuse(properties, "DeadLetterConfig");
    Map<String, String> environment = new HashMap<>();
    properties
        .path("Environment")
        .path("Variables")
        .properties()
        .forEach(v -> environment.put(v.getKey(), v.getValue().asText()));
    String name = properties.path("FunctionName").asText(logicalId);
    OptionalInt reserved =
        properties.hasNonNull("ReservedConcurrentExecutions")
            ? OptionalInt.of(properties.path("ReservedConcurrentExecutions").asInt())
            : OptionalInt.empty();
    String key = properties.path("Code").path("S3Key").asText();
    functions.deploy(
        new FunctionSettings(
            name,
            properties.path("Handler").asText(),
            environment,
            Duration.ofSeconds(properties.path("Timeout").asInt(DEFAULT_TIMEOUT_SECONDS)),
            properties.path("MemorySize").asInt(FunctionSettings.DEFAULT_MEMORY),
            reserved,
            properties.path("SnapStart").path("ApplyOn").asText().equals("PublishedVersions"),
            key.isEmpty() ? Optional.empty() : Optional.of(asset(key))));
    return new Made(name, Map.of("Arn", "arn:aws:lambda:us-east-1:000000000000:function:" + name));
  }
}

package agentpost.local.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The state machine that the CDK app adds with {@code -c workflow=true}, out of the template that it synthesizes.
 *
 * @param definition with its substitutions resolved, as CloudFormation would
 * @param function that its task invokes
 * @param environment of that function, by the template; values that are references read as JSON
 */
public record StateMachine(String definition, String function, Map<String, String> environment) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ACCOUNT = "us-east-1:000000000000";

  /** Runs the app as {@code ./agentpost cdk-app} does; {@code mvn -Pquick package} has built it. */
  public static StateMachine synthesized(Path directory) throws IOException, InterruptedException {
    Path module = Path.of("..", "infra-cdk").toAbsolutePath().normalize();
    String classes = module.resolve("target/classes") + ":" + Files.readString(module.resolve("target/classpath.txt")).strip();
    Path output = directory.resolve("synthesis.txt");
    ProcessBuilder app =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", classes, "agentpost.infra.AgentpostApp"))
            .directory(module.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    app.environment().put("CDK_OUTDIR", directory.resolve("cdk.out").toString());
    app.environment().put("CDK_CONTEXT_JSON", "{\"workflow\":\"true\"}");
    app.environment().put("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1");
    app.environment().put("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,21,22,23,24,25");
    if (app.start().waitFor() != 0) {
      throw new IllegalStateException("The CDK app failed: " + Files.readString(output));
    }
    try (Stream<Path> files = Files.list(directory.resolve("cdk.out"))) {
      return files.filter(file -> file.toString().endsWith(".template.json")).flatMap(file -> in(read(file))).findFirst().orElseThrow();
    }
  }

  private static Stream<StateMachine> in(JsonNode template) {
    JsonNode resources = template.path("Resources");
    return resources
        .valueStream()
        .filter(resource -> resource.path("Type").asText().equals("AWS::StepFunctions::StateMachine"))
        .map(resource -> of(resource.path("Properties"), resources));
  }

  private static StateMachine of(JsonNode machine, JsonNode resources) {
    JsonNode function =
        resources.valueStream().filter(one -> one.at("/Properties/Handler").asText().equals("agentpost.callback.StartOperationHandler")).findFirst().orElseThrow().path("Properties");
    String name = function.path("FunctionName").asText();
    String definition = machine.path("DefinitionString").asText();
    for (Map.Entry<String, JsonNode> substitution : machine.path("DefinitionSubstitutions").properties()) {
      definition = definition.replace("${" + substitution.getKey() + "}", resolved(substitution.getValue(), resources));
    }
    Map<String, String> environment =
        function.at("/Environment/Variables").properties().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, variable -> variable.getValue().isTextual() ? variable.getValue().asText() : variable.getValue().toString()));
    return new StateMachine(definition, name, environment);
  }

  /** As much of CloudFormation as the substitutions need: the partition, a function's ARN, and joining. */
  private static String resolved(JsonNode value, JsonNode resources) {
    if (value.isTextual()) {
      return value.asText();
    }
    if (value.path("Ref").asText().equals("AWS::Partition")) {
      return "aws";
    }
    if (value.has("Fn::GetAtt")) {
      JsonNode function = resources.path(value.at("/Fn::GetAtt/0").asText()).path("Properties").path("FunctionName");
      return "arn:aws:lambda:" + ACCOUNT + ":function:" + Objects.requireNonNull(function.textValue(), value.toString());
    }
    if (value.has("Fn::Join")) {
      return value.at("/Fn::Join/1").valueStream().map(part -> resolved(part, resources)).collect(Collectors.joining(value.at("/Fn::Join/0").asText()));
    }
    throw new IllegalArgumentException("A substitution that this test cannot resolve: " + value);
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package agentpost.local.scenarios;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The CDK app, run as {@code ./agentpost cdk-app} does; {@code mvn -Pquick package} has built it.
 */
final class CdkApp {
  private CdkApp() {}

  /**
   * @return the directory it has written to
   */
  static Path synthesized(Path directory, String stage, boolean workflow) {
    return synthesized(directory, Map.of("stage", stage, "workflow", Boolean.toString(workflow)));
  }

  /**
   * Of the example agents, unless the context has another catalog: {@code agents.yaml} is whoever
   * uses this project's to edit.
   *
   * @param context for the app, as {@code -c} gives it
   * @return the directory it has written to
   */
  static Path synthesized(Path directory, Map<String, String> context) {
    try {
      Path module = Path.of("..", "..", "infra-cdk").toAbsolutePath().normalize();
      String classes =
          module.resolve("target/classes")
              + ":"
              + Files.readString(module.resolve("target/classpath.txt")).strip();
      Path output = directory.resolve("synthesis.txt");
      Path cdkOut = directory.resolve("cdk.out");
      ProcessBuilder app =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-XX:+UseSerialGC",
                      "-XX:TieredStopAtLevel=1",
                      "-Djava.io.tmpdir=" + directory,
                      "--enable-native-access=ALL-UNNAMED",
                      "--sun-misc-unsafe-memory-access=allow",
                      "-cp",
                      classes,
                      "agentpost.infra.AgentpostApp"))
              .directory(module.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      app.environment().put("CDK_OUTDIR", cdkOut.toString());
      Map<String, String> all =
          new TreeMap<>(
              Map.of(
                  "catalog",
                  "src/test/resources/catalogs/examples.yaml",
                  "functionsZip",
                  "../functions/agents/target/functions.zip"));
      all.putAll(context);
      app.environment().put("CDK_CONTEXT_JSON", new JsonMapper().valueToTree(all).toString());
      // SynthesisIT, in infra-cdk, holds templates to CDK's rules, which take most of the time.
      app.environment().put("CDK_VALIDATION", "false");
      app.environment().put("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1");
      app.environment().put("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,21,22,23,24,25");
      if (app.start().waitFor() != 0) {
        throw new IllegalStateException("The CDK app failed: " + Files.readString(output));
      }
      return cdkOut;
    } catch (IOException e) {
      throw new IllegalStateException(
          "The CDK app could not be run; mvn -Pquick package builds it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the CDK app ran", e);
    }
  }
}

package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The app as {@code ./agentpost cdk-app} runs it: a JVM of its own, without AWS credentials, from
 * any directory.
 */
class SynthesisIT {
  private record Run(int exit, String output) {}

  private static Run app(Path directory, Map<String, String> context)
      throws IOException, InterruptedException {
    return app(directory, context, true);
  }

  /**
   * @param validates by CDK's own rules for templates, as it does unless it is told otherwise
   */
  private static Run app(Path directory, Map<String, String> context, boolean validates)
      throws IOException, InterruptedException {
    Path module = Path.of("").toAbsolutePath();
    String classes =
        module.resolve("target/classes")
            + ":"
            + Files.readString(module.resolve("target/classpath.txt")).strip();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + directory,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classes,
                AgentpostApp.class.getName())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(key -> key.startsWith("AWS_"));
    builder.environment().put("CDK_VALIDATION", Boolean.toString(validates));
    builder.environment().put("CDK_OUTDIR", directory.resolve("cdk.out").toString());
    Map<String, String> all =
        new TreeMap<>(
            Map.of(
                "catalog",
                module.resolve("agents.yaml").toString(),
                "functionsZip",
                module.resolve("../functions/agents/target/functions.zip").normalize().toString()));
    all.putAll(context);
    builder.environment().put("CDK_CONTEXT_JSON", new JsonMapper().writeValueAsString(all));
    return new Run(builder.start().waitFor(), Files.readString(output));
  }

  private static Map<String, String> templates(Path directory) throws IOException {
    Map<String, String> templates = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory.resolve("cdk.out"))) {
      files
          .filter(
              file ->
                  file.toString().endsWith(".template.json")
                      || file.toString().endsWith(".assets.json"))
          .forEach(file -> templates.put(file.getFileName().toString(), Synthesized.content(file)));
    }
    return templates;
  }

  /** Maps with a random order would make every deployment a change. */
  @Test
  void theSameSourcesMakeTheSameTemplatesInSilence(@TempDir Path one, @TempDir Path other)
      throws Exception {
    assertEquals(new Run(0, ""), app(one, Map.of()));
    assertThat(one.resolve("cdk.out/validation-report.json")).exists();
    assertEquals(new Run(0, ""), app(other, Map.of(), false));
    assertThat(templates(one)).containsKey("agentpost.template.json").isEqualTo(templates(other));
  }

  @Test
  void aWorkflowIsAddedIfItIsAskedForAndAWordThatIsNoneIsToldInWords(
      @TempDir Path directory, @TempDir Path other) throws Exception {
    assertEquals(
        new Run(0, ""),
        app(
            directory,
            Map.of(
                "workflow", "true", "catalog", Synthesized.EXAMPLES.toAbsolutePath().toString())));
    assertThat(templates(directory).values())
        .filteredOn(template -> template.contains("AWS::StepFunctions::StateMachine"))
        .hasSize(1);
    assertEquals(
        new Run(1, "-c workflow=1:\n  it is true or false\n"), app(other, Map.of("workflow", "1")));
  }

  /** Before any catalog is looked at: it is the account's, not a stage's. */
  @Test
  void theAccountsStackIsSynthesizedAlone(@TempDir Path directory) throws Exception {
    assertEquals(
        new Run(0, ""),
        app(directory, Map.of("account", "true", "catalog", "nowhere", "functionsZip", "nowhere")));
    assertThat(templates(directory)).containsKey("agentpost-api-logs.template.json");
    assertThat(templates(directory).keySet())
        .allMatch(name -> name.startsWith("agentpost-api-logs."));
    assertEquals(
        new Run(1, "-c account=yes:\n  it is true or false\n"),
        app(directory, Map.of("account", "yes")));
  }

  @Test
  void aBadCatalogIsToldInWordsWithoutAStackTrace(@TempDir Path directory) throws Exception {
    Path catalog =
        Files.writeString(
            directory.resolve("mine.yaml"), "agents: {crm: {subscribes: [user.signed_up]}}");
    Run run = app(directory, Map.of("catalog", catalog.toString()));
    assertEquals(1, run.exit());
    assertEquals(
        catalog
            + ":\n"
            + "  agents.crm must have either hosted: {handler: …} or external: {url: https://…}\n",
        run.output());
  }

  @Test
  void aHandlerThatTheFunctionsDoNotHaveIsToldOfWithThoseOfItsPackage(@TempDir Path directory)
      throws Exception {
    Path catalog =
        Files.writeString(
            directory.resolve("mine.yaml"),
            """
            agents:
              greeter: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.WelcomHandler}}
              other: {subscribes: [user.signed_up], hosted: {handler: com.example.Nowhere}}
            """);
    Run run = app(directory, Map.of("catalog", catalog.toString()));
    assertEquals(1, run.exit());
    assertThat(run.output())
        .startsWith(
            catalog
                + ":\n"
                + "  agents.greeter.hosted.handler: there is no class"
                + " agentpost.onboarding.WelcomHandler in functions.zip; its package has ")
        .contains("agentpost.onboarding.WelcomeHandler")
        .contains(
            "\n"
                + "  agents.other.hosted.handler: there is no class com.example.Nowhere in"
                + " functions.zip, nor a handler in its package\n");
  }

  /** Each of these was told of by the local cloud or by Lambda, at the first event. */
  @Test
  void aClassThatIsNoHandlerIsToldOfWithTheReason(@TempDir Path directory) throws Exception {
    Path catalog =
        Files.writeString(
            directory.resolve("mine.yaml"),
            """
            agents:
              base: {subscribes: [user.signed_up], hosted: {handler: agentpost.webhook.WebhookHandler}}
              worker: {subscribes: [user.signed_up], hosted: {handler: agentpost.calendar.CalendarHandler}}
              record: {subscribes: [user.signed_up], hosted: {handler: agentpost.catalog.AgentName}}
            processors:
              calendar: {hosted: {handler: agentpost.onboarding.WelcomeHandler}}
            """);
    Run run = app(directory, Map.of("catalog", catalog.toString()));
    assertEquals(1, run.exit());
    assertThat(run.output().lines())
        .hasSize(5)
        .anyMatch(
            line ->
                line.startsWith(
                    "  agents.base.hosted.handler: agentpost.webhook.WebhookHandler is abstract, "))
        .anyMatch(
            line ->
                line.startsWith(
                    "  agents.worker.hosted.handler: agentpost.calendar.CalendarHandler does not"
                        + " extend "))
        .anyMatch(
            line ->
                line.startsWith(
                    "  agents.record.hosted.handler: agentpost.catalog.AgentName does not extend "))
        .anyMatch(
            line ->
                line.startsWith(
                    "  processors.calendar.hosted.handler: agentpost.onboarding.WelcomeHandler does"
                        + " not have "));
  }

  @Test
  void functionsThatAreNotBuiltAreToldOf(@TempDir Path directory) throws Exception {
    assertEquals(
        new Run(1, "-c functionsZip=nowhere.zip:\n  there is no such file; mvn package makes it\n"),
        app(directory, Map.of("functionsZip", "nowhere.zip")));
  }
}

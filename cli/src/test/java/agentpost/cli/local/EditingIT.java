package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.ProjectCopy;
import agentpost.local.storage.DirectoryTree;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Code, schemas and the catalog are edited under a running local cloud, while other commands and
 * builds go on beside it.
 */
@Order(1)
class EditingIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(6);
  private static final String AGENT =
      "functions/agents/src/main/java/agentpost/onboarding/WelcomeAgent.java";
  private static final String HANDLER =
      "functions/agents/src/main/java/agentpost/onboarding/WelcomeHandler.java";
  private static final String SCHEMA = "events-schemas/user.signed_up/1.schema.json";

  @TempDir private Path home;
  @TempDir private Path outputs;
  @TempDir private Path temporary;

  private Launcher local(ProjectCopy project, String... more) throws IOException {
    String[] words =
        Stream.concat(Stream.of("local", "--port", "0"), Stream.of(more)).toArray(String[]::new);
    Launcher local =
        Launcher.start(
            outputs,
            project.agentpost(),
            project.home(),
            ProjectCopy.environment(temporary),
            words);
    await()
        .atMost(TIMEOUT)
        .until(() -> local.output().contains("ArchiveName = ") || !local.isRunning());
    assertThat(local.output()).contains("ArchiveName = ").doesNotContain("building agentpost");
    return local;
  }

  private static String endpoint(Launcher local) {
    return local.output().replaceFirst("(?s).*ready: (http://localhost:\\d+).*", "$1");
  }

  private String ran(ProjectCopy project, String... words) throws Exception {
    try (Launcher command =
        Launcher.start(
            outputs,
            project.agentpost(),
            project.home(),
            ProjectCopy.environment(temporary),
            words)) {
      assertEquals(0, command.exitCode(), command.output());
      return command.output();
    }
  }

  private static String get(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      return answer.body();
    }
  }

  private static List<String> subjects(String endpoint) throws Exception {
    JsonNode mails = new JsonMapper().readTree(get(endpoint + "/_agentpost/outbox"));
    return mails.findValuesAsText("subject");
  }

  /** The example under another id: an agent acts on an event once. */
  private void put(ProjectCopy project, String endpoint, String id) throws Exception {
    String example =
        Files.readString(
            project.home().resolve("events-schemas/user.signed_up/examples/premium-trial.json"));
    Path event =
        Files.writeString(outputs.resolve(id + ".json"), example.replace("uuid-1234-abcd", id));
    assertThat(ran(project, "put", event.toString(), "--endpoint-url", endpoint))
        .contains("accepted user.signed_up")
        .doesNotContain("building");
  }

  private static void greetInFrench(ProjectCopy project) throws IOException {
    project.edit(AGENT, text -> text.replace("SUBJECT = \"Welcome\"", "SUBJECT = \"Bonjour\""));
  }

  private void awaitText(Launcher local, String text) {
    await().atMost(TIMEOUT).until(() -> local.output().contains(text) || !local.isRunning());
    assertThat(local.output()).contains(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--isolated"})
  @EnabledOnOs(OS.LINUX)
  void anEditIsCompiledAsideAndTheFunctionsThatNeedItRunIt(String mode) throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    try (Launcher local = mode.isEmpty() ? local(project) : local(project, mode)) {
      String endpoint = endpoint(local);
      // A process for every function, and for every delivery of the relay at once, takes minutes
      // here: one event has to do.
      if (mode.isEmpty()) {
        put(project, endpoint, "first");
        await().atMost(TIMEOUT).until(() -> !subjects(endpoint).isEmpty());
      }
      greetInFrench(project);
      if (mode.isEmpty()) {
        put(project, endpoint, "while-it-compiles");
      }
      awaitText(local, "reloaded in ");
      assertThat(local.output()).containsPattern("reloaded in \\d+ ms: agentpost-welcome-agent\n");
      put(project, endpoint, "second");
      await().atMost(TIMEOUT).until(() -> subjects(endpoint).contains("Bonjour"));
      local.signal("TERM");
      local.exitCode();
    }
    assertNothingIsLeft();
  }

  @Test
  void whatDoesNotCompileIsToldAndTheBuildBeforeStays() throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    try (Launcher local = local(project)) {
      String endpoint = endpoint(local);
      project.edit(
          HANDLER,
          text -> text.replaceFirst("(?s)\\}\\s*$", "  int broken() { return \"text\"; }\n}\n"));
      awaitText(local, "it does not compile; functions stay as they were");
      assertThat(local.output()).contains(HANDLER + ":").contains("incompatible types");
      put(project, endpoint, "still-there");
      await().atMost(TIMEOUT).until(() -> subjects(endpoint).contains("Welcome"));
      // A class that is gone: the function stays until the catalog does without it.
      Files.delete(home.resolve(HANDLER));
      awaitText(local, "agentpost-welcome-agent stays as it was: ");
      put(project, endpoint, "there-even-now");
      await()
          .atMost(TIMEOUT)
          .until(() -> Collections.frequency(subjects(endpoint), "Welcome") == 2);
    }
  }

  /** In whichever order an agent is added. */
  @Test
  void anAgentsClassMayComeAfterTheCatalogThatNamesIt() throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    try (Launcher local = local(project)) {
      project.edit(
          "infra-cdk/agents.yaml",
          text ->
              text
                  + "\n"
                  + "  late-agent:\n"
                  + "    subscribes: [user.signed_up]\n"
                  + "    hosted: {handler: agentpost.onboarding.LateHandler, uses: [email]}\n");
      awaitText(local, "the catalog has an error; everything stays as it was");
      assertThat(local.output()).contains("agentpost.onboarding.LateHandler");
      Path late = home.resolve(HANDLER.replace("WelcomeHandler", "LateHandler"));
      Files.writeString(
          late, Files.readString(home.resolve(HANDLER)).replace("WelcomeHandler", "LateHandler"));
      awaitText(local, "made AWS::Events::Rule agentpost-late-agent");
    }
  }

  @Test
  void aPomThatDoesNotBuildIsToldAndTheBuildBeforeStays() throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    try (Launcher local = local(project)) {
      String pom = "functions/agents/pom.xml";
      project.edit(pom, text -> text.replace("</project>", "<broken></project>"));
      awaitText(local, pom + " changed; building with Maven");
      awaitText(local, "it does not build; everything stays as it was");
      put(project, endpoint(local), "still-there");
      await().atMost(TIMEOUT).until(() -> subjects(endpoint(local)).contains("Welcome"));
    }
  }

  @Test
  void aBuildOrItsEndInAnotherShellTakesNothingAway() throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    try (Launcher local = local(project)) {
      // What mvn clean does, before most classes were ever needed.
      for (String module :
          List.of(
              "events-schemas",
              "functions/signing",
              "functions/catalog",
              "functions/runtime",
              "functions/gateway",
              "functions/agents",
              "localstack/cloud",
              "infra-cdk")) {
        DirectoryTree.delete(home.resolve(module).resolve("target"));
      }
      assertThat(
              get(
                  local.output().replaceFirst("(?s).*ApiUrl = (\\S+?)/?\n.*", "$1")
                      + "/.well-known/agentpost-keys.json"))
          .contains("keys");
      project.edit(
          "infra-cdk/agents.yaml",
          text ->
              text
                  + "\n"
                  + "  newsletter:\n"
                  + "    subscribes: [user.signed_up]\n"
                  + "    external: {url: https://newsletter.example.com/hooks}\n");
      awaitText(local, "made AWS::Events::Rule agentpost-newsletter");
      greetInFrench(project);
      awaitText(local, "reloaded in ");
    }
  }

  @Test
  void aSchemaIsHeldToAtOnceByTheCommandAndThenByTheCloud() throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    try (Launcher local = local(project)) {
      String endpoint = endpoint(local);
      project.edit(
          SCHEMA,
          text ->
              text.replaceFirst(
                  "\"signup_source\"",
                  "\"referrer\": {\"type\": \"string\"},\n        \"signup_source\""));
      awaitText(local, "reloaded in ");
      assertThat(local.output()).contains("the schemas changed; synthesizing");
      String example =
          Files.readString(
              home.resolve("events-schemas/user.signed_up/examples/premium-trial.json"));
      Path event =
          Files.writeString(
              outputs.resolve("new.json"),
              example
                  .replace("uuid-1234-abcd", "new")
                  .replace("\"plan\"", "\"referrer\": \"a friend\", \"plan\""));
      ran(project, "put", event.toString(), "--endpoint-url", endpoint);
      await().atMost(TIMEOUT).until(() -> !subjects(endpoint).isEmpty());
      project.edit(SCHEMA, text -> text.replace("\"required\"", "\"requried\""));
      awaitText(local, "it does not compile; functions stay as they were");
      awaitText(
          local,
          SCHEMA
              + ": /data/requried: is not a keyword of JSON Schema draft-04; did you mean"
              + " required?");
    }
  }

  /** A build would say so, and take minutes. */
  @Test
  void commandsThatNeedNoBuildStartNone() throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    project.edit(AGENT, text -> text + "\n// edited\n");
    assertThat(ran(project, "--help")).contains("Usage:").doesNotContain("building");
    assertThat(ran(project, "local", "--help"))
        .contains("--allow-internet")
        .doesNotContain("building");
    assertThat(ran(project, "check-url", "--allow", "10.0.0.0/8", "https://10.1.2.3/"))
        .contains("allowed")
        .doesNotContain("building");
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void theCopyThatItRunsFromGoesWithIt(String signal) throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    try (Launcher local = local(project)) {
      assertThat(copies()).hasSize(1);
      local.signal(signal);
      local.exitCode();
    }
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    await().untilAsserted(() -> assertThat(copies()).as("what it ran from").isEmpty());
  }

  private List<Path> copies() throws IOException {
    try (Stream<Path> all = Files.list(home)) {
      return all.filter(one -> one.getFileName().toString().startsWith(".run-")).toList();
    }
  }
}

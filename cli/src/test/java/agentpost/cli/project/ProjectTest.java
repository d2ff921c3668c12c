package agentpost.cli.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.project.Project.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectTest {
  @TempDir private Path folder;

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(folder));
    return Files.writeString(file, "");
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  @Test
  void theNearestCatalogUpwardsMakesTheProject() throws IOException {
    file("agents.yaml");
    file("inner/agents.yaml");
    Project outer = Project.find(folder("src/main/java/com/example")).orElseThrow();
    assertEquals(folder, outer.home());
    assertThat(outer.isOwn()).isTrue();
    assertEquals(folder.resolve("agents.yaml"), outer.catalog());
    assertEquals(folder, Project.find(folder).orElseThrow().home());
    assertEquals(folder.resolve("inner"), Project.find(folder("inner/docs")).orElseThrow().home());
  }

  @Test
  void aCloneOfAgentpostHasItsCatalogInTheCdkApp() throws IOException {
    file("infra-cdk/agents.yaml");
    file("cli/pom.xml");
    for (Path here : new Path[] {folder, folder("infra-cdk/src"), folder("cli/src/main")}) {
      Project clone = Project.find(here).orElseThrow();
      assertEquals(folder, clone.home());
      assertThat(clone.isOwn()).isFalse();
      assertEquals(folder.resolve("infra-cdk/agents.yaml"), clone.catalog());
    }
  }

  /** A team may call a folder as we call ours. */
  @Test
  void aFolderOfThatNameAloneIsNoClone() throws IOException {
    file("infra-cdk/agents.yaml");
    assertEquals(
        folder.resolve("infra-cdk"), Project.find(folder("infra-cdk")).orElseThrow().home());
    file("agents.yaml");
    assertThat(Project.find(folder).orElseThrow().isOwn()).isTrue();
  }

  @Test
  void withoutACatalogThereIsNoProject() throws IOException {
    folder("agents.yaml");
    assertThat(Project.find(folder("deep/down"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "agents.yaml, CATALOG",
    "pom.xml, BUILD",
    "src/main/assembly/functions.xml, BUILD",
    "events-schemas/order.placed/1.schema.json, SCHEMAS",
    "src/main/java/com/example/shop/OrderHandler.java, FUNCTIONS",
    "src/main/resources/prompts/refund.txt, FUNCTIONS"
  })
  void whatToDoAboutAnEditedFileOfAnOwnProject(String file, Kind kind) {
    assertEquals(kind, Project.in(folder).kindOf(file));
  }

  @ParameterizedTest
  @CsvSource({
    "infra-cdk/agents.yaml, CATALOG",
    "pom.xml, BUILD",
    "functions/pom.xml, BUILD",
    "functions/runtime/pom.xml, BUILD",
    "functions/agents/src/assembly/lambda.xml, BUILD",
    "events-schemas/pom.xml, BUILD",
    "events-schemas/src/main/events/agent.resumed/1.schema.json, SCHEMAS",
    "events-schemas/src/main/resources/agentpost/schemas/envelope.json, CLOUD",
    "events-schemas/user.signed_up/1.schema.json, SCHEMAS",
    "events-schemas/src/main/java/agentpost/schemas/Json.java, FUNCTIONS",
    "functions/agents/src/main/java/agentpost/leads/Lead.java, FUNCTIONS",
    "infra-cdk/src/main/java/agentpost/infra/Api.java, CLOUD",
    "localstack/pom.xml, CLOUD",
    "cli/src/main/java/agentpost/cli/terminal/Table.java, CLOUD"
  })
  void whatToDoAboutAnEditedFileOfAClone(String file, Kind kind) throws IOException {
    file("infra-cdk/agents.yaml");
    assertEquals(kind, Project.in(folder).kindOf(file));
  }

  @ParameterizedTest
  @CsvSource({
    "target, true",
    "functions/agents/target, true",
    "events-schemas/target, true",
    "functions/agents/src/test, true",
    "events-schemas/order.placed/examples, true",
    "events-schemas/order.placed/counterexamples, true",
    "events-schemas/src/main/events/agent.resumed/examples, true",
    "events-schemas/order.placed, false",
    // Packages of somebody's own may be called anything.
    "src/main/java/com/example/target, false",
    "src/main/java/com/example/test, false",
    "src/main/java/com/example/examples, false"
  })
  void whatIsNotWatched(String name, boolean isIgnored) {
    Project project = Project.in(folder);
    assertEquals(isIgnored, project.isIgnored(project.home().resolve(name)));
  }
}

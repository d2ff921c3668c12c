package agentpost.cli.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewProjectTest {
  @TempDir private Path folder;

  static Properties versions() {
    Properties versions = new Properties();
    versions.setProperty("version", "1.2.3");
    versions.setProperty("agentpost.group", "io.github.agentpost");
    versions.setProperty("agentpost.junit", "agentpost-junit");
    for (String other :
        List.of(
            "assembly.plugin",
            "compiler.plugin",
            "dependency.plugin",
            "exec.plugin",
            "failsafe.plugin",
            "jar.plugin",
            "junit",
            "resources.plugin",
            "slf4j",
            "surefire.plugin",
            "toolchains.plugin")) {
      versions.setProperty(other + ".version", "9");
    }
    return versions;
  }

  static Project shop(Path folder) {
    new NewProject(folder.resolve("shop"), "com.example.shop", versions()).write();
    return Project.in(folder.resolve("shop"));
  }

  static List<String> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void itHasAllThatATeamNeeds() throws IOException {
    Project shop = shop(folder);
    assertThat(files(shop.home()))
        .containsExactly(
            ".gitignore",
            ".mvn/maven.config",
            ".mvn/wrapper/maven-wrapper.properties",
            "README.md",
            "agentpost",
            "agents.yaml",
            "cdk.json",
            "events-schemas/order.placed/1.schema.json",
            "events-schemas/order.placed/counterexamples/without-order-id.json",
            "events-schemas/order.placed/examples/order.json",
            "mvnw",
            "pom.xml",
            "src/main/assembly/functions.xml",
            "src/main/java/com/example/shop/OrderHandler.java",
            "src/test/java/com/example/shop/Examples.java",
            "src/test/java/com/example/shop/OrderFlowIT.java",
            "src/test/java/com/example/shop/OrderHandlerTest.java");
    assertThat(shop.home().resolve("agentpost")).isExecutable();
    assertThat(shop.home().resolve("mvnw")).isExecutable();
    assertThat(shop.home().resolve("pom.xml").toFile().canExecute()).isFalse();
    assertThat(files(folder)).as("nothing else is left").hasSize(17);
    assertThat(Project.find(shop.home().resolve("src/main/java"))).contains(shop);
  }

  @Test
  void noPlaceIsLeftToFillAndTheVersionStandsOnce() throws IOException {
    Project shop = shop(folder);
    for (String file : files(shop.home())) {
      assertThat(Files.readString(shop.home().resolve(file))).as(file).doesNotContain("{{");
    }
    String pom = Files.readString(shop.home().resolve("pom.xml"));
    assertThat(pom.split("1\\.2\\.3", -1)).hasSize(2);
    assertThat(pom).contains("<agentpost.version>1.2.3</agentpost.version>");
  }

  @Test
  void itsCatalogNamesItsClass() throws IOException {
    Project shop = shop(folder);
    CatalogText catalog = CatalogText.of(Files.readString(shop.catalog()));
    assertThat(catalog.names("agents")).containsExactly("order-agent");
    assertThat(catalog.handlers()).containsExactly("com.example.shop.OrderHandler");
  }

  @Test
  void itsExamplesAreOfItsEvent() throws IOException {
    Path event = shop(folder).schemas().resolve("order.placed");
    JsonNode required =
        new JsonMapper().readTree(event.resolve("1.schema.json").toFile()).at("/data/required");
    JsonNode example = new JsonMapper().readTree(event.resolve("examples/order.json").toFile());
    assertEquals("order.placed", example.path("event_type").asText());
    required.forEach(
        name -> assertThat(example.path("data").has(name.asText())).as(name.asText()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({"Shop, shop", "my shop!, my-shop", "42, agents", "öä, agents", "a.b_c, a-b-c"})
  void itsArtifactIsCalledAsItsFolder(String name, String artifact) throws IOException {
    new NewProject(folder.resolve(name), "com.example", versions()).write();
    assertThat(Files.readString(folder.resolve(name).resolve("pom.xml")))
        .contains("<artifactId>" + artifact + "</artifactId>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Com.Example",
        "com..example",
        ".com",
        "com.",
        "com.example.class",
        "com.1st",
        "com-example",
        "com.müller",
        "com.example;rm"
      })
  void whatIsNoPackageIsRefused(String javaPackage) throws IOException {
    refuses("shop", javaPackage, "is not a package name: lower-case words");
  }

  @ParameterizedTest
  @ValueSource(strings = {"agentpost", "agentpost.shop", "java.shop", "javax"})
  void aPackageOfOthersIsRefused(String javaPackage) throws IOException {
    refuses("shop", javaPackage, "is not yours: it begins with agentpost, java or javax");
  }

  @Test
  void aFolderThatIsThereIsRefused() throws IOException {
    Files.createDirectory(folder.resolve("full"));
    Files.createFile(folder.resolve("full/.hidden"));
    refuses("full", "com.example", "exists already; name a new folder or an empty one");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
    refuses("link", "com.example", "exists already; name a new folder");
    refuses(".", "com.example", "exists already; name a new folder");
  }

  @Test
  void anEmptyFolderIsTaken() throws IOException {
    Path shop = Files.createDirectory(folder.resolve("shop"));
    shop(folder);
    assertThat(files(shop)).hasSize(17);
    assertThat(shop.resolve("agentpost")).isExecutable();
  }

  /** Nothing can be made in /proc, whoever tries; elsewhere there is none. */
  @Test
  void whereNothingCanBeMadeItIsSaidInWords() {
    NewProject shop = new NewProject(Path.of("/proc/shop"), "com.example", versions());
    assertThatThrownBy(shop::write)
        .isInstanceOf(ProjectException.class)
        .message()
        .contains("/proc")
        .doesNotContain("Exception", ".agentpost-new-");
  }

  @Test
  void aFolderInOneThatIsNotThereIsRefused() throws IOException {
    refuses("no/shop", "com.example", "there is no folder " + folder.resolve("no"));
  }

  private void refuses(String name, String javaPackage, String why) throws IOException {
    List<String> before = files(folder);
    assertThatThrownBy(() -> new NewProject(folder.resolve(name), javaPackage, versions()).write())
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
    assertEquals(before, files(folder));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .noneMatch(one -> one.startsWith(".agentpost-new-"));
    }
  }
}

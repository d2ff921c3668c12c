package agentpost.cli.project;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code infra-cdk/agents.yaml} is whoever uses this project's to edit: tests that are about
 * particular agents have a catalog of their own.
 */
class WhoseCatalogTest {
  /**
   * The catalog itself, or what {@code ./agentpost synth} makes of it; not those of a copy of the
   * project.
   */
  private static final Pattern REAL =
      Pattern.compile(
          "HOME\\s*\\.resolve\\(\"infra-cdk/(agents\\.yaml|target/cdk\\.out)|Path\\.of\\(\"agents\\.yaml\"\\)|REAL_CATALOG|[^\\w]Synthesized\\.real\\(");

  /** They say what holds for every catalog. */
  private static final Set<String> OF_EVERY_CATALOG =
      Set.of(
          "EveryAgentTest.java",
          "HandlersTest.java",
          "LeastPrivilegeTest.java",
          "ReferenceTest.java",
          "SharedStackTest.java",
          "SharedStackTestBed.java",
          "Synthesized.java",
          "VariablesTest.java");

  @Test
  void testsOfParticularAgentsHaveACatalogOfTheirOwn() throws IOException {
    List<String> found = new ArrayList<>();
    for (String module :
        List.of(
            "functions/signing",
            "functions/catalog",
            "functions/runtime",
            "functions/gateway",
            "functions/agents",
            "infra-cdk",
            "localstack/cloud",
            "localstack/junit",
            "localstack/scenarios",
            "cli")) {
      try (Stream<Path> tests =
          Files.walk(Launcher.HOME.resolve(module).resolve("src/test/java"))) {
        for (Path test :
            tests
                .filter(
                    file ->
                        file.toString().endsWith(".java")
                            && !file.endsWith("WhoseCatalogTest.java"))
                .toList()) {
          String name = test.getFileName().toString();
          if (REAL.matcher(Files.readString(test)).find() && !OF_EVERY_CATALOG.contains(name)) {
            found.add(name);
          }
        }
      }
    }
    assertThat(found)
        .as(
            "tests that fail once somebody edits the catalog: Launcher.synthesized() and"
                + " Synthesized.EXAMPLES have the examples")
        .isEmpty();
  }
}

package agentpost.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A name that two places must agree on stands in one: here, and in no other main code. */
class NamesInSourcesTest {
  private static final Path ROOT = Path.of("../..");
  private static final List<String> DEPLOYED =
      List.of(
          "functions/signing",
          "functions/runtime",
          "functions/gateway",
          "functions/agents",
          "infra-cdk",
          "localstack/cloud",
          "localstack/junit");

  /** What a person types instead of a name is a placeholder; the demo's stories quote names. */
  private static final Pattern RESOURCE =
      Pattern.compile(
          "\"[^\" ]*[-/]"
              + "(?:dlq|agents/|processors/|sources/|aws/lambda/|claims|agent-state|redrive)\"");

  private static boolean isMain(Path file) {
    return file.toString().endsWith(".java")
        && file.normalize().toString().replace('\\', '/').contains("src/main/java/");
  }

  private static List<String> find(List<String> modules, Pattern literal) throws IOException {
    List<String> found = new ArrayList<>();
    for (String module : modules) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        List<Path> sources = files.filter(NamesInSourcesTest::isMain).toList();
        assertThat(sources).as("main code of %s", module).isNotEmpty();
        for (Path file : sources) {
          Files.readString(file)
              .lines()
              .filter(line -> literal.matcher(line).find())
              .forEach(line -> found.add(file.getFileName() + ": " + line.strip()));
        }
      }
    }
    return found;
  }

  @Test
  void environmentVariablesAreNamedHereAlone() throws IOException {
    String names =
        Arrays.stream(EnvironmentVariables.class.getDeclaredFields())
            .map(field -> field.getName())
            .collect(Collectors.joining("|"));
    assertThat(names).contains("BUS_NAME");
    assertThat(find(DEPLOYED, Pattern.compile("\"(?:" + names + ")\""))).isEmpty();
  }

  @Test
  void aConstantIsWhatItsNameSays() throws IllegalAccessException {
    for (var field : EnvironmentVariables.class.getDeclaredFields()) {
      assertThat(field.get(null)).isEqualTo(field.getName());
    }
  }

  @Test
  void resourcesAreNamedHereAlone() throws IOException {
    List<String> all = new ArrayList<>(DEPLOYED);
    all.add("cli");
    assertThat(find(all, RESOURCE)).isEmpty();
  }
}

package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of docs/testing.md is what the suite has; the suite itself holds who hits what. */
class TestingDocumentTest {
  private static String row(Gap gap) {
    String subject = gap.of() == Gap.Of.EMBEDDED ? "the embedded cloud " : "";
    return "| `" + gap + "` | " + subject + gap.instead() + " |\n";
  }

  @Test
  void theTableOfGapsIsTheOneInTheCode() throws Exception {
    String table =
        Arrays.stream(Gap.values())
            .map(TestingDocumentTest::row)
            .collect(
                Collectors.joining(
                    "", "| gap | what LocalStack does instead |\n|---|---|\n", "\n"));
    assertThat(Files.readString(Path.of("..", "..", "docs", "testing.md"))).contains("\n" + table);
  }

  @Test
  void everyGapIsHitByAScenario() {
    assertThat(
            Arrays.stream(Scenarios.class.getInterfaces())
                .flatMap(group -> Arrays.stream(group.getDeclaredMethods()))
                .flatMap(scenario -> Stream.ofNullable(scenario.getAnnotation(Hits.class)))
                .flatMap(hits -> Arrays.stream(hits.value())))
        .contains(Gap.values());
  }
}

package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables of docs/testing.md are what the suite is. The suite itself holds that a scenario
 * differs exactly where it says so.
 */
class TestingDocumentTest {
  private static Stream<Method> scenarios() {
    return Arrays.stream(Scenarios.class.getInterfaces()).flatMap(TestingDocumentTest::of);
  }

  private static Stream<Method> of(Class<?> group) {
    return Arrays.stream(group.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .sorted(Comparator.comparing(Method::getName));
  }

  private static Set<Gap> gaps(Method scenario) {
    Hits hits = scenario.getAnnotation(Hits.class);
    return hits == null ? Set.of() : EnumSet.copyOf(List.of(hits.value()));
  }

  private static String sentence(Method scenario) {
    String words = scenario.getName().replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private static String differs(Set<Gap> gaps, Set<Gap.Of> in) {
    String names =
        gaps.stream()
            .filter(gap -> in.contains(gap.of()))
            .map(gap -> "`" + gap + "`")
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "✓" : names;
  }

  private static String row(Method scenario) {
    Set<Gap> gaps = gaps(scenario);
    return "| "
        + sentence(scenario)
        + " | "
        + differs(gaps, EnumSet.of(Gap.Of.EMBEDDED))
        + " | "
        + differs(gaps, EnumSet.complementOf(EnumSet.of(Gap.Of.EMBEDDED)))
        + " |\n";
  }

  private static String where(Gap gap) {
    return switch (gap.of()) {
      case EMBEDDED -> "the embedded cloud";
      case LOCALSTACK -> "LocalStack";
      case LOCALSTACK_WITHOUT_DOCKER -> "LocalStack without Docker";
    };
  }

  private static String document() throws Exception {
    return Files.readString(Path.of("..", "..", "docs", "testing.md"));
  }

  @Test
  void theTableOfScenariosIsWhatTheSuiteHas() throws Exception {
    String table =
        scenarios()
            .map(TestingDocumentTest::row)
            .collect(
                Collectors.joining(
                    "", "| scenario | embedded | LocalStack 4.14.0 |\n|---|---|---|\n", "\n"));
    assertThat(document()).contains("\n" + table);
  }

  @Test
  void theTableOfGapsIsTheOneInTheCode() throws Exception {
    String table =
        Arrays.stream(Gap.values())
            .map(gap -> "| `" + gap + "` | " + where(gap) + " | " + gap.instead() + " |\n")
            .collect(
                Collectors.joining(
                    "", "| gap | whose | what it does instead |\n|---|---|---|\n", "\n"));
    assertThat(document()).contains("\n" + table);
  }

  @Test
  void everyGapIsHitByAScenario() {
    assertThat(scenarios().flatMap(scenario -> gaps(scenario).stream())).contains(Gap.values());
  }
}

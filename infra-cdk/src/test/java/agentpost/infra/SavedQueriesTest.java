package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.Template.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a query asks for is there: logs, kinds of lines, and their fields. */
@SuppressWarnings("NullAway.Init") // set before all tests
class SavedQueriesTest {
  private static final Pattern WORD = Pattern.compile("[@a-z_][a-z_0-9]*+");

  /** CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax". */
  private static final Set<String> LANGUAGE =
      Set.of(
          "filter",
          "stats",
          "sort",
          "fields",
          "parse",
          "as",
          "by",
          "desc",
          "and",
          "or",
          "in",
          "like",
          "count",
          "max",
          "pct",
          "ispresent",
          "@timestamp",
          "@message",
          "@log",
          "@type");

  @TempDir private static Path directory;
  private static Synthesized mixed;

  @BeforeAll
  static void synthesize() {
    mixed = Synthesized.of(directory, Synthesized.MIXED, Map.of("stage", "try7"));
  }

  private static List<Resource> queries() {
    return mixed.stack("dashboards").template().all("AWS::Logs::QueryDefinition");
  }

  /** What the functions write: names of fields, and what kind of line it is. */
  private static Set<String> written() throws IOException {
    Set<String> written = new TreeSet<>();
    for (String module : List.of("gateway", "runtime")) {
      try (Stream<Path> sources = Files.walk(Path.of("../functions", module, "src/main/java"))) {
        sources
            .filter(source -> source.toString().endsWith(".java"))
            .map(Synthesized::content)
            .flatMap(text -> Pattern.compile("\"([^\"\n]++)\"").matcher(text).results())
            .map(text -> text.group(1))
            .forEach(written::add);
      }
    }
    return written;
  }

  @Test
  void everyFieldAndKindOfLineIsOneThatAFunctionWrites() throws IOException {
    Set<String> written = written();
    assertThat(queries())
        .hasSize(7)
        .allSatisfy(
            query -> {
              String text = query.text("/QueryString");
              Set<String> named =
                  Pattern.compile("(?:as |\\?<)([a-z_0-9]++)")
                      .matcher(text)
                      .results()
                      .map(alias -> alias.group(1))
                      .collect(Collectors.toCollection(TreeSet::new));
              Set<String> asked = new TreeSet<>();
              String bare = text.replaceAll("/[^/]++/|like \"[^\"]++\"|@type = \"[^\"]++\"", "");
              Pattern.compile("\"([^\"]++)\"")
                  .matcher(bare)
                  .results()
                  .forEach(kind -> asked.add(kind.group(1)));
              WORD.matcher(bare.replaceAll("\"[^\"]++\"|\\b[0-9]++\\b", ""))
                  .results()
                  .map(word -> word.group())
                  .filter(word -> !LANGUAGE.contains(word) && !named.contains(word))
                  .forEach(asked::add);
              assertThat(written).as(text).containsAll(asked);
            });
  }

  /**
   * StartQuery, logGroupNames: "The list of log groups to be queried. You can include up to 50".
   */
  @Test
  void everyLogIsThereAndAQueryHasFiftyAtMost() {
    Set<String> logs =
        mixed
            .templates()
            .flatMap(template -> template.all("AWS::Logs::LogGroup").stream())
            .map(log -> log.text("/LogGroupName"))
            .collect(Collectors.toSet());
    assertThat(queries())
        .allSatisfy(
            query ->
                assertThat(query.template().texts(query.at("/LogGroupNames")))
                    .isNotEmpty()
                    .hasSizeLessThanOrEqualTo(50)
                    .isSubsetOf(logs));
  }
}

package agentpost.infra.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agentpost.infra.catalog.Catalog.Figure;
import agentpost.schemas.EventSchemas;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresReaderTest {
  private static final String CRM =
      "subscribes: [email.sent], external: {url: https://example.com/a}";

  private static List<Figure> read(String dashboard) {
    return CatalogReader.read(
            "agents.yaml",
            "agents: {crm: {" + CRM + ", dashboard: " + dashboard + "}}",
            EventSchemas.load(),
            ExtensionNames.of(ExtensionNames.class.getClassLoader()))
        .agents()
        .getFirst()
        .figures();
  }

  private static Stream<String> problems(String dashboard) {
    CatalogException exception =
        catchThrowableOfType(CatalogException.class, () -> read(dashboard));
    return String.valueOf(exception.getMessage()).lines().skip(1).map(String::strip);
  }

  @Test
  void graphsAreInTheCatalogsOrder() {
    assertThat(
            read(
                "{Leads: {sum: [LeadsCaptured, LeadsQualified]}, Größe (%): {share: [A, B]},"
                    + " Dauer: {average: [C_1]}}"))
        .containsExactly(
            new Figure("Leads", Figure.Kind.SUM, List.of("LeadsCaptured", "LeadsQualified")),
            new Figure("Größe (%)", Figure.Kind.SHARE, List.of("A", "B")),
            new Figure("Dauer", Figure.Kind.AVERAGE, List.of("C_1")));
    assertThat(read("{}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[A] | agents.crm.dashboard must be a mapping; got a list",
        "{x: 5} | agents.crm.dashboard.x must be a mapping with average, share, sum; got 5",
        "{x: {}} | agents.crm.dashboard.x must have one of average, share, sum",
        "{x: {sum: [A], share: [A, B]}} | agents.crm.dashboard.x must have one of average, share,"
            + " sum",
        "{x: {sum: A}} | agents.crm.dashboard.x.sum must be a list of 1 to 10 metrics; got the"
            + " text \"A\"",
        "{x: {sum: []}} | agents.crm.dashboard.x.sum must be a list of 1 to 10 metrics; got 0",
        "{x: {share: [A]}} | agents.crm.dashboard.x.share must be a list of two metrics, the part"
            + " and the whole; got 1",
        "{x: {sum: [A, 'b c']}} | agents.crm.dashboard.x.sum[1] must be a metric's name, such as"
            + " LeadsCaptured; got the text \"b c\"",
        "{'${AWS::Region}': {sum: [A]}} | agents.crm.dashboard.${AWS::Region} must be a title of up"
            + " to 60 letters, digits, spaces and .,:()%/'-",
      })
  void anythingElseIsRefused(String dashboard, String problem) {
    assertThat(problems(dashboard)).containsExactly(problem);
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertThat(problems("{a: {sum: [5]}, 'b$': {share: [A]}, c: {max: [A]}}")).hasSize(5);
  }

  @Test
  void aDashboardHasAHundredOfThemAtMost() {
    String hundred =
        IntStream.range(0, 100)
            .mapToObj(i -> "g" + i + ": {sum: [A]}")
            .collect(Collectors.joining(", "));
    assertThat(read("{" + hundred + "}")).hasSize(100);
    assertThat(problems("{" + hundred + ", more: {sum: [A]}}"))
        .containsExactly(
            "agents want 101 graphs under dashboard; at most 100 fit on one dashboard of"
                + " CloudWatch's");
  }
}

package agentpost.infra.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agentpost.infra.catalog.Catalog.AlertSource;
import agentpost.schemas.EventSchemas;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertReaderTest {
  private static final String AGENTS =
      "agents: {crm: {subscribes: [alert.grouped], external: {url: https://example.com/a}}}\n";

  private static Catalog read(String more) {
    return CatalogReader.read(
        "agents.yaml",
        AGENTS + more,
        EventSchemas.load(),
        ExtensionNames.of(ExtensionNames.class.getClassLoader()));
  }

  @Test
  void theAccountsAlertsAreThoseThatAreListed() {
    assertThat(read("alerts: [guardduty, cloudwatch]\n").alerts())
        .isEqualTo(Set.of(AlertSource.CLOUDWATCH, AlertSource.GUARDDUTY));
    assertThat(read("alerts: [cloudwatch]\n").alerts()).isEqualTo(Set.of(AlertSource.CLOUDWATCH));
    assertThat(read("alerts: []\n").alerts()).isEmpty();
  }

  @Test
  void withoutAWordThereAreNone() {
    assertThat(read("").alerts()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[inspector]    | alerts may have cloudwatch, guardduty; got the text \"inspector\"",
        "[CloudWatch]   | alerts may have cloudwatch, guardduty; got the text \"CloudWatch\"",
        "[1]            | alerts may have cloudwatch, guardduty; got 1",
        "cloudwatch     | alerts must be a list of cloudwatch, guardduty; got the text"
            + " \"cloudwatch\"",
        "{guardduty: 1} | alerts must be a list of cloudwatch, guardduty; got a mapping",
      })
  void anythingElseIsRefused(String alerts, String problem) {
    CatalogException exception =
        catchThrowableOfType(CatalogException.class, () -> read("alerts: " + alerts + "\n"));
    assertThat(String.valueOf(exception.getMessage()).lines().skip(1).map(String::strip))
        .containsExactly(problem);
  }
}

package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.infra.catalog.CatalogException;
import agentpost.infra.catalog.ExtensionNames;
import agentpost.schemas.EventSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionFieldsTest {
  @TempDir private Path directory;

  private String problem(String where) throws IOException {
    String yaml =
        "agents: {crm: {subscribes: [user.signed_up, {event: user.signed_up, where: "
            + where
            + "}], external: {url: 'https://crm.example.com/a'}}}\n";
    Path file = Files.writeString(directory.resolve("agents.yaml"), yaml);
    return assertThrows(
            CatalogException.class,
            () ->
                AgentpostApp.catalog(
                    file.toString(),
                    EventSchemas.load(),
                    ExtensionNames.of(ExtensionNames.class.getClassLoader()),
                    _ -> List.of()))
        .toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{data: {plann: [free]}} | where.data.plann: user.signed_up has no such field; there are ",
        "{dta: {plan: [free]}} | where.dta: user.signed_up has no such field; there are data,"
            + " event_id, event_type, metadata, timestamp",
        "{plan: [free]} | where.plan: user.signed_up has no such field",
        "{data: {plann: [{exists: false}]}} | where.data.plann: user.signed_up has no such field",
        "{$or: [{data: {plan: [free]}}, {data: {plann: [free]}}]} | where.data.plann:"
            + " user.signed_up has no such field",
        "{metadata: {source: [a]}} | where.metadata.source: user.signed_up has no such field",
        "{event_type: [user.signed_in]} | where.event_type can never be \"user.signed_in\" in"
            + " user.signed_up; it is one of [\"user.signed_up\"]",
        "{data: {user_id: [7]}} | where.data.user_id can never be 7 in user.signed_up; it is of"
            + " type \"string\"",
      })
  void aFieldOrAValueThatTheEventCannotHaveIsNamedWithThoseItCan(String where, String expected)
      throws IOException {
    assertThat(problem(where.strip()))
        .contains("agents.crm.subscribes[1]." + expected.strip().replace("\"\"", "\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{data: {plan: [premium_trial, {prefix: enterprise}]}}",
        "{data: {location: [{exists: false}]}}",
        "{metadata: {source_service: [{anything-but: [tests]}]}}",
        "{$or: [{data: {plan: [free]}}, {metadata: {schema_version: [1]}}]}",
      })
  void whatTheEventCanHaveIsAskedFor(String where) throws IOException {
    String yaml =
        "agents: {crm: {subscribes: [{event: user.signed_up, where: "
            + where
            + "}], external: {url: 'https://crm.example.com/a'}}}\n";
    Path file = Files.writeString(directory.resolve("agents.yaml"), yaml);
    assertEquals(
        1,
        AgentpostApp.catalog(
                file.toString(),
                EventSchemas.load(),
                ExtensionNames.of(ExtensionNames.class.getClassLoader()),
                _ -> List.of())
            .agents()
            .size());
  }
}

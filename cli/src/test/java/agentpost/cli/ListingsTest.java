package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a command lists a program can read. */
class ListingsTest {
  private static final List<String> OF_JSON =
      List.of(
          "agents list",
          "cost",
          "diff",
          "dlq list",
          "dlq show",
          "doctor",
          "events check",
          "events list",
          "events show",
          "events tail",
          "operations list",
          "operations show",
          "preflight");

  /** They do something, or print one thing as it is needed elsewhere. */
  private static final List<String> WITHOUT =
      List.of(
          "agents graph",
          "agents resume",
          "check-url",
          "completion",
          "demo",
          "demo alerts",
          "demo leads",
          "dlq discard",
          "dlq export",
          "dlq redrive",
          "docs",
          "local",
          "new",
          "new agent",
          "new event",
          "put",
          "redeliver",
          "replay",
          "rollback",
          "secrets rotate",
          "secrets show",
          "sign",
          "synth",
          "try",
          "verify",
          "verify-deployment");

  private static Stream<CommandLine> commands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(ListingsTest::commands));
  }

  private static Stream<String> commands(boolean isOfJson) {
    return commands(Agentpost.commandLine(InputStream.nullInputStream()))
        .filter(
            command ->
                command.getSubcommands().isEmpty()
                    || List.of("agentpost demo", "agentpost new")
                        .contains(command.getCommandSpec().qualifiedName()))
        .filter(command -> command.getCommandSpec().optionsMap().containsKey("--json") == isOfJson)
        .map(command -> command.getCommandSpec().qualifiedName().replaceFirst("agentpost ", ""));
  }

  @Test
  void eachCommandThatListsHasJson() {
    assertThat(commands(true)).containsExactlyInAnyOrderElementsOf(OF_JSON);
    assertThat(commands(false)).containsExactlyInAnyOrderElementsOf(WITHOUT);
  }
}

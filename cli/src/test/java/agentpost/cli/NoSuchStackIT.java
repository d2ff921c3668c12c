package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every command that takes {@code --stage} says of a stage that is not there that it is not, rather
 * than name a part of it.
 */
class NoSuchStackIT {
  private static final String EVENT =
      Launcher.HOME.resolve("events-schemas/user.signed_up/examples/premium-trial.json").toString();

  /** They are about a stack that need not be there yet. */
  private static final Set<String> BEFORE_A_DEPLOYMENT = Set.of("diff", "doctor", "preflight");

  /** What each needs beside the stage. */
  private static final Map<String, List<String>> ARGUMENTS =
      Map.ofEntries(
          Map.entry("agents list", List.of()),
          Map.entry("agents resume", List.of("crm")),
          Map.entry("dlq discard", List.of("crm", "--id", "uuid-1234-abcd", "--yes")),
          Map.entry("dlq export", List.of("crm")),
          Map.entry("dlq list", List.of()),
          Map.entry("dlq redrive", List.of("crm")),
          Map.entry("dlq show", List.of("crm")),
          Map.entry("events tail", List.of()),
          Map.entry("operations list", List.of()),
          Map.entry("operations show", List.of("lead-qualification.uuid-1234-abcd")),
          Map.entry("put", List.of(EVENT)),
          Map.entry("redeliver", List.of("crm", EVENT)),
          Map.entry("replay", List.of("--last", "6h", "--agent", "crm")),
          Map.entry("rollback", List.of("--yes")),
          Map.entry("secrets rotate", List.of("crm")),
          Map.entry("secrets show", List.of("crm", "--once")),
          Map.entry("try", List.of(EVENT)),
          Map.entry("verify-deployment", List.of("--yes")));

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    String manifest =
        "{'artifacts':{'agentpost':{'type':'aws:cloudformation:stack','properties':{'templateFile':'agentpost.template.json'}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest.replace('\'', '"'));
    Files.writeString(
        cdkOut.resolve("agentpost.template.json"),
        "{'Resources':{'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}}}}"
            .replace('\'', '"'));
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static Stream<String> commands(CommandLine command, String path) {
    Stream<String> own =
        command.getCommandSpec().findOption("--stage") == null ? Stream.of() : Stream.of(path);
    return Stream.concat(
        own,
        command.getSubcommands().entrySet().stream()
            .flatMap(one -> commands(one.getValue(), (path + " " + one.getKey()).strip())));
  }

  @Test
  void allOfThemAreTried() {
    assertThat(
            commands(Agentpost.commandLine(InputStream.nullInputStream()), "")
                .filter(command -> !BEFORE_A_DEPLOYMENT.contains(command)))
        .containsExactlyInAnyOrderElementsOf(ARGUMENTS.keySet());
  }

  static Stream<String> tried() {
    return ARGUMENTS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("tried")
  void aStageThatIsNotThereIsNamed(String command) {
    Stream<String> words =
        Stream.of(
                Arrays.stream(command.split(" ")),
                ARGUMENTS.getOrDefault(command, List.of()).stream())
            .flatMap(each -> each);
    Run run =
        Run.of(
            "",
            Stream.concat(
                    words,
                    Stream.of("--stage", "nosuch", "--endpoint-url", cloud.endpoint().toString()))
                .toArray(String[]::new));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err())
        .contains(
            "no stack of that name: there is no agentpost-nosuch at "
                + cloud.endpoint()
                + "; there is agentpost (--stage names a stage's)");
    assertThat(run.out()).isEmpty();
  }
}

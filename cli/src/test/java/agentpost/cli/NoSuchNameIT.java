package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command that takes a name says which there are, if it is nobody's. */
class NoSuchNameIT {
  private static final String LETTERS = "letters.json";

  private static final Map<String, List<String>> ARGUMENTS =
      Map.of(
          "agents resume", List.of("nobody"),
          "dlq discard", List.of("nobody", "--id", "uuid-1234-abcd", "--yes"),
          "dlq export", List.of("nobody"),
          "dlq redrive", List.of("nobody"),
          "dlq show", List.of("nobody"),
          "events tail", List.of("--agent", "nobody"),
          "redeliver", List.of("nobody", LETTERS),
          "replay", List.of("--last", "6h", "--agent", "nobody"),
          "secrets rotate", List.of("nobody"),
          "secrets show", List.of("nobody", "--once"));

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;

  private static String secret(String kind, String name) {
    return "'%1$s%2$sSecret':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/%1$s/%2$s'}},"
        .formatted(kind, name);
  }

  @BeforeAll
  static void start() throws Exception {
    String template =
        "{'Resources':{"
            + secret("agents", "crm")
            + secret("agents", "welcome")
            + "'Directory':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/directory/agents',"
            + "'SecretString':'{\\\"entries\\\":{\\\"crm\\\":{},\\\"welcome\\\":{}}}'}},"
            + secret("processors", "calendar")
            + secret("sources", "github")
            + "'Health':{'Type':'AWS::DynamoDB::Table','Properties':{'TableName':'agentpost-health','BillingMode':'PAY_PER_REQUEST',"
            + "'AttributeDefinitions':[{'AttributeName':'agent','AttributeType':'S'}],'KeySchema':[{'AttributeName':'agent','KeyType':'HASH'}]}},"
            + "'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}},"
            + "'Archive':{'Type':'AWS::Events::Archive','Properties':{'ArchiveName':'agentpost','SourceArn':{'Fn::GetAtt':['Bus','Arn']}}}}}";
    Files.writeString(cdkOut.resolve("agentpost.template.json"), template.replace('\'', '"'));
    Files.writeString(
        cdkOut.resolve("manifest.json"),
        "{'artifacts':{'agentpost':{'type':'aws:cloudformation:stack','properties':{'templateFile':'agentpost.template.json'}}}}"
            .replace('\'', '"'));
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    Files.copy(
        Launcher.HOME.resolve("events-schemas/user.signed_up/examples/premium-trial.json"),
        cdkOut.resolve(LETTERS));
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static boolean takesName(CommandLine command) {
    return command.getCommandSpec().args().stream()
        .anyMatch(arg -> arg.type().equals(AgentName.class));
  }

  private static Stream<String> commands(CommandLine command, String path) {
    return Stream.concat(
        takesName(command) ? Stream.of(path) : Stream.of(),
        command.getSubcommands().entrySet().stream()
            .flatMap(one -> commands(one.getValue(), (path + " " + one.getKey()).strip())));
  }

  @Test
  void allOfThemAreTried() {
    assertThat(commands(Agentpost.commandLine(InputStream.nullInputStream()), ""))
        .containsExactlyInAnyOrderElementsOf(ARGUMENTS.keySet());
  }

  static Stream<String> tried() {
    return ARGUMENTS.keySet().stream().sorted();
  }

  private static Run run(String command, List<String> arguments) {
    Stream<String> words =
        Stream.concat(
            Arrays.stream(command.split(" ")),
            arguments.stream()
                .map(word -> word.equals(LETTERS) ? cdkOut.resolve(LETTERS).toString() : word));
    return Run.of(
        "",
        Stream.concat(words, Stream.of("--endpoint-url", cloud.endpoint().toString()))
            .toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("tried")
  void anAgentThatIsNotThereIsAnsweredWithThoseThatAre(String command) {
    Run run = run(command, ARGUMENTS.getOrDefault(command, List.of()));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err())
        .contains(
            "no agent of that name: there is no nobody at "
                + cloud.endpoint()
                + "; there are: crm, welcome");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nobody --processor|no processor of that name: there is no nobody at",
        "nobody --processor|; there are: calendar",
        "calendar|calendar is a processor: say --processor",
        "crm --processor|crm is an agent: omit --processor",
        "github|github is a source; the third party changes its secret"
      })
  void aSecretIsLookedForUnderEachKindOfName(String words, String said) {
    for (String command : List.of("secrets show", "secrets rotate")) {
      Run run = run(command, List.of(words.split(" ")));
      assertEquals(1, run.exitCode(), run.everything());
      assertThat(run.err()).contains(said);
    }
  }
}
